/** What evaluations wait for, as it is told. */
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { messageOf } from '@snowglobe/shared/message-of'
import { Awaited } from '../evaluator/awaited'
import { HostError } from '../evaluator/host'
import type { Problem } from './api'
import type { FetchSource } from './evaluator-protocol'
import { MissingOutputs, namesOf } from './missing-outputs'
import { plainProblem } from './plain-problem'

/** A failure of the coordinator as one of a host. */
export function hostError(error: unknown): HostError {
  return new HostError(utf8ToByteString(messageOf(error)))
}

/** Fetches whose failures are those of a host. */
export function toldFetches(fetch: FetchSource): FetchSource {
  return (request, ttl) =>
    fetch(request, ttl).catch((error: unknown) => {
      throw hostError(error)
    })
}

/** Whether an evaluation was ended by what it would have to wait for. */
export function isWaiting(error: unknown): error is MissingOutputs | Awaited {
  return error instanceof MissingOutputs || error instanceof Awaited
}

/** What is told where nothing is built or fetched: as the person types, and in lessons' checks. */
export function waitNeeded(waiting: MissingOutputs | Awaited): Problem {
  const [code, why] =
    waiting instanceof MissingOutputs
      ? ['build-needed', `reads what ${namesOf(waiting.needed)} gives, so that is built first`]
      : ['fetch-needed', `needs ${waiting.what}, which is fetched first`]
  const message = `evaluation ${why}: press Ctrl+Enter`
  return { ...plainProblem(code, message), severity: 'info', text: message }
}
