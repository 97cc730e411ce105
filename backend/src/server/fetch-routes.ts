import { json, Router } from 'express'
import * as v from 'valibot'
import {
  fetchedHeader,
  fetchQuestionSchema,
  type FetchedNotes,
  type FetchQuestion,
} from '@snowglobe/shared/fetch-messages'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { writeNar } from '@snowglobe/shared/nar'
import type { Fetched, FetchRequest } from '@snowglobe/worker/evaluator/fetch-request'
import { HostError } from '@snowglobe/worker/evaluator/host'
import type { SourceFetcher } from '../sources/source-fetcher'
import { Admission, type AdmissionOptions } from './admission'
import type { Authorisation } from './authorisation'
import { HttpError } from './http-error'

const questionBytes = 64 * 1024

export interface FetchRoutesOptions extends AdmissionOptions<'fetches'> {
  sources: Pick<SourceFetcher, 'fetch'>
  authorisation: Pick<Authorisation, 'requirePush'>
}

/**
 * Fetches for evaluations in tabs: files, archives and repositories, from where the rules for
 * visitors allow it. What comes is not kept in the store: the tab adds it to its own. A download ends
 * with the visitor who has asked for it.
 */
export function fetchRoutes(options: FetchRoutesOptions): Router {
  const { sources, authorisation } = options
  const router = Router()
  const admission = new Admission('fetches', options)
  const question = json({ limit: questionBytes })
  router.post('/', authorisation.requirePush, question, async (request, response) => {
    const question = v.safeParse(fetchQuestionSchema, request.body)
    if (!question.success)
      throw new HttpError(400, `nothing that can be fetched: ${question.issues[0].message}`)
    const leave = admission.admit(request)
    const left = new AbortController()
    response.once('close', () => left.abort(new Error('whoever asked for it has gone')))
    try {
      const { ttl } = question.output
      const fetched = await sources.fetch(requestOf(question.output), ttl, left.signal)
      response.set(fetchedHeader, notesOf(fetched))
      response.set('cache-control', 'no-store')
      response.type('application/x-nix-nar').send(Buffer.from(writeNar(fetched.tree)))
    } catch (error) {
      if (!(error instanceof HostError)) throw error
      const { message, during } = error
      const text = during === null ? message : `${during}: ${message}`
      throw new HttpError(422, byteStringToUtf8(text))
    } finally {
      leave()
    }
  })
  return router
}

function requestOf({ ttl: _, ...question }: FetchQuestion): FetchRequest {
  const url = utf8ToByteString(question.url)
  if (question.kind === 'file' || question.kind === 'tarball') return { kind: question.kind, url }
  const ref = question.ref === null ? null : utf8ToByteString(question.ref)
  return { ...question, url, ref }
}

/** What is told beside the tree, as a header has to be: ASCII. */
function notesOf({ lastModified, immutableUrl, rev, revCount, ref }: Fetched): string {
  const notes: FetchedNotes = {
    lastModified,
    immutableUrl,
    rev,
    revCount,
    ref: ref === undefined ? undefined : byteStringToUtf8(ref),
  }
  return JSON.stringify(notes).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
