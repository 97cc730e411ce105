/** What a tab asks the backend to fetch for an evaluation, and what it is told of the answer. */
import * as v from 'valibot'

/** Longer than any address that anybody has written. */
const maxUrl = 8192

export const fetchQuestionSchema = v.object({
  /** One file, or the tree in an archive. */
  kind: v.picklist(['file', 'tarball']),
  url: v.pipe(v.string(), v.maxLength(maxUrl)),
  /** Seconds for which what was fetched before may be given. */
  ttl: v.pipe(v.number(), v.integer(), v.minValue(0)),
})

export type FetchQuestion = v.InferOutput<typeof fetchQuestionSchema>

/** The header of the answer that tells more than its body, which is the NAR. */
export const fetchedHeader = 'snowglobe-fetched'

export const fetchedSchema = v.object({
  lastModified: v.optional(v.number()),
  immutableUrl: v.optional(v.string()),
})
