/** What a tab asks the backend to fetch for an evaluation, and what it is told of the answer. */
import * as v from 'valibot'
import { utf8ToByteString } from './bytes'
import { isLegalRefName, revisionForm } from './flakes/input-attributes'
import { mercurialRefForm } from './flakes/repository-inputs'

/** Longer than any address that anybody has written. */
const maxUrl = 8192

const common = {
  url: v.pipe(v.string(), v.maxLength(maxUrl)),
  /** Seconds for which what was fetched before may be given. */
  ttl: v.pipe(v.number(), v.integer(), v.minValue(0)),
}

const refSchema = v.pipe(
  v.string(),
  v.maxLength(1024),
  v.check((ref) => isLegalRefName(utf8ToByteString(ref)), 'no name of a branch or tag'),
)

const revSchema = v.pipe(v.string(), v.regex(revisionForm, 'no revision'))

const publicKeySchema = v.object({
  type: v.pipe(v.string(), v.maxLength(64)),
  key: v.pipe(v.string(), v.maxLength(8192)),
})

export const fetchQuestionSchema = v.variant('kind', [
  /** One file. */
  v.object({ kind: v.literal('file'), ...common }),
  /** The tree in an archive. */
  v.object({ kind: v.literal('tarball'), ...common }),
  /** A revision of a Git repository, or where there is none what its branch is now. */
  v.object({
    kind: v.literal('git'),
    ...common,
    ref: v.nullable(refSchema),
    rev: v.nullable(revSchema),
    submodules: v.boolean(),
    shallow: v.boolean(),
    allRefs: v.boolean(),
    exportIgnore: v.boolean(),
    lfs: v.boolean(),
    signedBy: v.nullable(v.pipe(v.array(publicKeySchema), v.maxLength(64), v.readonly())),
  }),
  /** A revision of a Mercurial repository, or where there is none what its branch is now. */
  v.object({
    kind: v.literal('mercurial'),
    ...common,
    ref: v.nullable(v.pipe(v.string(), v.maxLength(1024), v.regex(mercurialRefForm, 'no branch'))),
    rev: v.nullable(revSchema),
  }),
])

export type FetchQuestion = v.InferOutput<typeof fetchQuestionSchema>

/** The header of the answer that tells more than its body, which is the NAR. */
export const fetchedHeader = 'snowglobe-fetched'

export const fetchedSchema = v.object({
  lastModified: v.optional(v.number()),
  immutableUrl: v.optional(v.string()),
  rev: v.optional(v.string()),
  revCount: v.optional(v.number()),
  ref: v.optional(v.string()),
})

export type FetchedNotes = v.InferOutput<typeof fetchedSchema>
