/** What tests of fetching for evaluations fetch with, where they say nothing else. */
import { awaitedFetches } from '@snowglobe/worker/evaluator/awaited-fetches'
import { untilDone } from '@snowglobe/worker/evaluator/awaited'
import { Evaluator, type EvaluatorOptions } from '@snowglobe/worker/evaluator/evaluator'
import { toJson } from '@snowglobe/worker/evaluator/json'
import { fileSystemHost } from '@snowglobe/worker/node/file-system-host'
import type { GitRequest } from '../sources/git-source'
import type { GuardedProgramOptions } from '../sources/guarded-program'
import { ownMercurial } from '../sources/repository-program'
import type { SourceFetcher, SourceFetcherOptions } from '../sources/source-fetcher'

export const sourceOptions = {
  mercurial: ownMercurial,
  maxCloneBytes: 1e9,
  local: false,
  maxBytes: 1e6,
  maxUnpackedBytes: 1e6,
  allowDirty: false,
  warnDirty: false,
  warn: () => {},
} satisfies Partial<SourceFetcherOptions>

export const guardedOptions: GuardedProgramOptions = {
  enabled: true,
  connections: {},
  maxBytes: 1e8,
  maxTreeBytes: 1e6,
  timeoutMilliseconds: 60_000,
  stallMilliseconds: 60_000,
  certificates: null,
}

/** Asks for the branch that is checked out in a repository. */
export const gitRequest = (url: string): GitRequest => ({
  kind: 'git',
  url,
  ref: null,
  rev: null,
  submodules: false,
  shallow: false,
  allRefs: false,
  exportIgnore: false,
  lfs: false,
  signedBy: null,
})

/** The value of an expression, through JSON, in a directory of this machine. Throws what evaluation throws. */
export async function evaluateFetching(
  sources: SourceFetcher,
  expression: string,
  directory: string,
  settings: EvaluatorOptions['settings'],
  onMessage: (text: string) => void = () => {},
): Promise<unknown> {
  const host = {
    ...fileSystemHost({
      storeDir: '/nix/store',
      realStoreDir: `${directory}/no-store`,
      searchPath: [],
      system: 'x86_64-linux',
      workingDirectory: directory,
      environment: {},
      message: (_, text) => onMessage(text),
      write: null,
    }),
    fetch: awaitedFetches((request, ttl) => sources.fetch(request, ttl)),
  }
  const evaluator = new Evaluator(host, { settings: { flakeRegistry: '', ...settings } })
  const json = await untilDone(() =>
    toJson(evaluator, evaluator.evaluateString(expression, { kind: 'string' }, directory), true),
  )
  return JSON.parse(json)
}
