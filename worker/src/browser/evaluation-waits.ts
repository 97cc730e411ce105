/** What evaluations wait for: something is fetched, or built. */
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Fetched, FetchRequest } from '../evaluator/fetch-request'
import type { NeededOutput } from '../evaluator/host'
import type { Store, StoreEntry } from '../store/store'
import type { EvaluationBuildEvent } from './api'
import { BackendError, type BackendClient } from './backend-client'
import { reasonAgainst } from './backend-refusal'
import { runBuild, type BuildJobOptions } from './build-job'
import { StoppedError } from './evaluator-pool'
import { namesOf } from './missing-outputs'
import type { TabContents } from './tab-contents'

export interface EvaluationWaitsParts extends Pick<
  BuildJobOptions,
  'planner' | 'connect' | 'wait'
> {
  store: Store
  backend: BuildJobOptions['backend'] & Pick<BackendClient, 'health' | 'fetch'>
  contents: Pick<TabContents, 'add' | 'learn'>
}

export class EvaluationWaits {
  private building: AbortController | null = null
  private listener: ((event: EvaluationBuildEvent) => void) | null = null

  constructor(private readonly parts: EvaluationWaitsParts) {}

  /** Calls back while something is fetched or built; there is one listener. */
  listen(listener: (event: EvaluationBuildEvent) => void): void {
    this.listener = listener
  }

  /** Ends the build that an evaluation waits for. */
  stop(): void {
    this.building?.abort(new StoppedError())
  }

  private tell(event: EvaluationBuildEvent): void {
    this.listener?.(event)
  }

  /** Fetches what an evaluator waits for; see FetchSource. */
  async fetch(request: FetchRequest, ttl: number): Promise<Fetched> {
    const what = request.kind === 'path' ? request.path : request.url
    this.tell({ type: 'begin', doing: 'fetching', what: byteStringToUtf8(what) })
    try {
      // Of a tab's own files, which the evaluator reads itself.
      if (request.kind === 'path') throw new BackendError(`no server has '${request.path}'`)
      return await this.parts.backend.fetch(request, ttl)
    } finally {
      this.tell({ type: 'end' })
    }
  }

  /** Builds what an evaluator waits for; see BuildOutputs. */
  async build(needed: readonly NeededOutput[], added: StoreEntry[]): Promise<ByteString[]> {
    const { store, backend, planner, contents, connect, wait } = this.parts
    await contents.add(added)
    const reason = reasonAgainst(await backend.health(), store.storeDir)
    if (reason !== null) {
      throw new BackendError(`evaluation needs ${namesOf(needed)} to be built, but ${reason}`)
    }
    const stop = new AbortController()
    this.building = stop
    this.tell({ type: 'begin', doing: 'building', what: namesOf(needed) })
    try {
      const built = await runBuild({
        wanted: needed,
        store,
        backend,
        planner,
        connect: () => connect(),
        onEvent: (event) => this.tell(event),
        signal: stop.signal,
        wait: (milliseconds) => wait(milliseconds),
      })
      if (built.status === 'failed') throw new BackendError(built.failure.message)
      if (built.status !== 'built') throw new StoppedError()
      const paths = needed.map(({ derivation, output }) => {
        const drvPath = byteStringToUtf8(derivation)
        const found = built.outputs.find(
          (one) => one.derivation === drvPath && one.output === output,
        )
        if (found === undefined) throw new BackendError(`the backend has not built '${drvPath}'`)
        return utf8ToByteString(found.path)
      })
      await contents.learn(paths)
      return paths
    } finally {
      this.building = null
      this.tell({ type: 'end' })
    }
  }
}
