/** Fetching from Git repositories. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  bytesToByteString,
  byteStringToUtf8,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import { repositoryUrl } from '@snowglobe/shared/flakes/repository-url'
import type { Fetched, FetchRequest } from '@snowglobe/worker/evaluator/fetch-request'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { FileSystemAccessor } from '@snowglobe/worker/node/file-system-accessor'
import { dumpTree } from '@snowglobe/worker/store/dump-tree'
import type { RepositoryClones } from './repository-clones'
import type { RepositoryProgram } from './repository-program'
import type { LfsFiles } from './git-lfs-files'
import {
  attributesOf,
  exportIgnored,
  placeNode,
  readCommit,
  sorted,
  type Directory,
  type Git,
} from './git-tree'
import { verifyCommit } from './git-verification'
import type { SourceCache } from './source-cache'

export type GitRequest = Extract<FetchRequest, { kind: 'git' }>

export interface GitContext {
  program: RepositoryProgram
  clones: RepositoryClones
  cache: SourceCache
  /** Gets files that repositories keep elsewhere. */
  lfs: Pick<LfsFiles, 'smudge'>
  /** Settings of Nix. */
  allowDirty: boolean
  warnDirty: boolean
  warn: (text: ByteString) => void
}

const emptyRevision = '0'.repeat(40)
/** Submodules of submodules; a repository that holds itself would never end. */
const maxSubmoduleDepth = 20

/**
 * Fetches a revision, or of a directory on this machine where neither revision nor branch is given
 * what Git knows of in it, as it is now.
 *
 * @throws HostError
 */
export async function fetchGit(
  request: GitRequest,
  ttl: number,
  context: GitContext,
  depth = 0,
): Promise<Fetched> {
  if (depth > maxSubmoduleDepth) {
    throw new HostError(`submodules of '${request.url}' are nested too deeply`)
  }
  context.program.checkUrl(request.url)
  const directory = workingTreeOf(request.url)
  if (directory !== null && request.ref === null && request.rev === null) {
    return fetchWorkingTree(directory, request, context)
  }
  if (directory !== null) {
    const repository = await localRepository(gitIn(context.program, directory), request)
    return fetchCommit(repository, request, ttl, context, depth)
  }
  return context.clones.use(keyOf(request), async (clone) => {
    const repository = await clone.update(() =>
      updatedClone(clone.directory, request, ttl, context),
    )
    return fetchCommit(repository, request, ttl, context, depth)
  })
}

/** A text that is the same for requests that share a clone. */
function keyOf({ url, shallow }: GitRequest): string {
  return `${byteStringToUtf8(url)}${shallow ? ' shallow' : ''}`
}

interface Repository {
  git: Git
  rev: string
  /** The branch or tag that was fetched. */
  ref: string
}

/** The directory of a repository with files; null for one without, or elsewhere. */
function workingTreeOf(url: ByteString): string | null {
  if (!url.startsWith('file:')) return null
  const path = fileURLToPath(byteStringToUtf8(url))
  return !existsSync(path) || existsSync(join(path, '.git')) ? path : null
}

function gitIn(program: RepositoryProgram, directory: string): Git {
  return (args, more) => program.run(['-C', directory, '-c', 'core.quotePath=false', ...args], more)
}

async function localRepository(git: Git, request: GitRequest): Promise<Repository> {
  const ref = nameOf(request.ref) ?? (await headOf(git))
  const rev = request.rev ?? (await text(git, ['rev-parse', '--verify', '--quiet', commitOf(ref)]))
  return { git, rev, ref }
}

function nameOf(ref: ByteString | null): string | null {
  return ref === null ? null : byteStringToUtf8(ref)
}

/** A commit by the name of a branch or tag. */
function commitOf(ref: string): string {
  return `${ref}^{commit}`
}

async function headOf(git: Git): Promise<string> {
  const head = await text(git, ['symbolic-ref', '--quiet', 'HEAD']).catch(() => '')
  return head === '' ? 'HEAD' : head
}

async function text(git: Git, args: readonly string[]): Promise<string> {
  return (await git(args)).toString('utf8').trim()
}

/** The clone that is kept of a repository, with what the request needs in it. */
async function updatedClone(
  directory: string,
  request: GitRequest,
  ttl: number,
  { program, cache, warn }: GitContext,
): Promise<Repository> {
  const url = byteStringToUtf8(request.url)
  if (!existsSync(directory)) await program.run(['init', '--quiet', '--bare', directory])
  const git = gitIn(program, directory)
  const ref = nameOf(request.ref) ?? (await remoteHead(git, url, ttl, { cache, warn }))
  const full = ref === 'HEAD' || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`
  const local = `refs/snowglobe/${full === 'HEAD' ? 'head' : full.slice('refs/'.length)}`
  const has = (rev: string) =>
    git(['cat-file', '-e', commitOf(rev)]).then(
      () => true,
      () => false,
    )
  const stamp = `git ${keyOf(request)} ${full}`
  const { rev } = request
  const isThere = rev === null ? await has(local) : await has(rev)
  const isFresh = rev !== null || (!request.allRefs && cache.isFresh(stamp, ttl))
  if (!isThere || !isFresh) {
    const refspecs = request.allRefs
      ? ['+refs/*:refs/snowglobe/*']
      : [rev !== null && request.ref === null ? rev : `+${full}:${local}`]
    const depth = request.shallow && !request.allRefs ? ['--depth', '1'] : []
    const fetch = (what: readonly string[]) =>
      git(['fetch', '--quiet', '--no-tags', '--force', ...depth, '--', url, ...what])
    try {
      await fetch(refspecs)
      // A commit that is not the newest of its branch in a shallow clone.
      if (rev !== null && !(await has(rev))) await fetch([rev])
    } catch (error) {
      if (!isThere) throw error
      warn(
        `could not update local clone of Git repository '${request.url}'; continuing with the most recent version`,
      )
    }
    cache.stamp(stamp)
  }
  if (rev === null) return { git, rev: await text(git, ['rev-parse', commitOf(local)]), ref }
  if (!(await has(rev))) {
    throw new HostError(
      `Cannot find Git revision '${rev}' in ref '${utf8ToByteString(ref)}' of repository '${request.url}'! ` +
        "Please make sure that the rev exists on the ref you've specified or add allRefs = true; to fetchGit.",
    )
  }
  return { git, rev, ref }
}

/** The branch that is checked out where the repository is. */
async function remoteHead(
  git: Git,
  url: string,
  ttl: number,
  { cache, warn }: Pick<GitContext, 'cache' | 'warn'>,
): Promise<string> {
  const key = `git head ${url}`
  const known = cache.text(key, ttl)
  if (known !== null) return known
  let answer: string
  try {
    answer = await text(git, ['ls-remote', '--symref', '--', url, 'HEAD'])
  } catch (error) {
    const old = cache.text(key, Infinity)
    if (old === null || !(error instanceof HostError)) throw error
    warn(
      utf8ToByteString(
        `could not get HEAD ref for repository '${url}'; using expired cached ref '${old}'`,
      ),
    )
    return old
  }
  const head = /^ref: (\S+)\tHEAD$/m.exec(answer)?.[1] ?? 'HEAD'
  cache.keepText(key, head)
  return head
}

async function fetchCommit(
  { git, rev, ref }: Repository,
  request: GitRequest,
  ttl: number,
  context: GitContext,
  depth: number,
): Promise<Fetched> {
  return withTemporaryDirectory(async (temporary) => {
    if (request.signedBy !== null) await verifyCommit(git, rev, request.signedBy, temporary)
    const indexFile = join(temporary, 'index')
    if (request.exportIgnore || request.lfs) {
      await git(['read-tree', rev], { environment: { GIT_INDEX_FILE: indexFile } })
    }
    const ignored = async (paths: readonly ByteString[]) =>
      request.exportIgnore ? exportIgnored(git, paths, { indexFile }) : new Set<ByteString>()
    const { tree, submodules } = await readCommit(git, rev, ignored, context.program.maxTreeBytes)
    if (request.lfs) {
      const filters = (paths: readonly ByteString[]) =>
        attributesOf(git, 'filter', paths, { indexFile })
      await context.lfs.smudge(tree, filters, () => lfsRemote(git, request))
    }
    if (request.submodules && submodules.size > 0) {
      const declared = await submoduleUrls(git, rev, await originOf(git, request.url))
      for (const [path, commit] of submodules) {
        const url = declared.get(path)
        if (url === undefined) continue
        const inner = await fetchGit(
          {
            ...request,
            url,
            ref: null,
            rev: commit,
            shallow: false,
            allRefs: true,
            signedBy: null,
          },
          ttl,
          context,
          depth + 1,
        )
        placeNode(tree, path, inner.tree)
      }
    }
    return {
      tree,
      rev,
      ref: utf8ToByteString(ref),
      lastModified: Number(await text(git, ['log', '-1', '--format=%ct', rev])),
      ...(await countRevisions(git, rev)),
    }
  })
}

/**
 * What tells where files are that the repository keeps elsewhere: for a clone where it is from. As Nix,
 * this does not look into `.lfsconfig`. Throws HostError, UrlError.
 */
async function lfsRemote(git: Git, { url }: GitRequest): Promise<ByteString> {
  const told = await setting(git, 'lfs.url')
  if (told !== null) return repositoryUrl(told)
  const origin = await originOf(git, url)
  if (origin !== url || workingTreeOf(url) === null) return repositoryUrl(origin)
  throw new HostError(
    `the repository at '${url}' tells neither a remote 'origin' nor 'lfs.url', so it is not known where its Git LFS files are`,
  )
}

/** Where a repository on this machine is from; itself where that is not known, and for a clone. */
async function originOf(git: Git, url: ByteString): Promise<ByteString> {
  return (workingTreeOf(url) === null ? null : await setting(git, 'remote.origin.url')) ?? url
}

async function setting(git: Git, name: string): Promise<ByteString | null> {
  const value = await git(['config', '--get', name]).catch(() => null)
  return value === null || value.length < 2 ? null : bytesToByteString(value).replace(/\n$/, '')
}

async function withTemporaryDirectory<Result>(
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-git-'))
  try {
    return await work(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** How many revisions led to one; nothing of a repository that does not know. */
async function countRevisions(git: Git, rev: string): Promise<Pick<Fetched, 'revCount'>> {
  const isShallow = (await text(git, ['rev-parse', '--is-shallow-repository'])) === 'true'
  return isShallow ? {} : { revCount: Number(await text(git, ['rev-list', '--count', rev])) }
}

/** Where submodules are, by path; addresses relative to the repository's own are resolved. */
async function submoduleUrls(
  git: Git,
  rev: string,
  base: ByteString,
): Promise<Map<ByteString, ByteString>> {
  const blob = `${rev}:.gitmodules`
  const listed = await git(['config', '-z', '--blob', blob, '--list']).catch(() => Buffer.alloc(0))
  const modules = new Map<string, { path?: string; url?: string }>()
  for (const record of bytesToByteString(listed).split('\0')) {
    const match = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(record)
    if (match === null) continue
    const [, name, key, value] = match as unknown as [string, string, 'path' | 'url', string]
    modules.set(name, { ...modules.get(name), [key]: value })
  }
  const urls = new Map<ByteString, ByteString>()
  for (const { path, url } of modules.values()) {
    if (path === undefined || url === undefined) continue
    urls.set(path, /^\.\.?\//.test(url) ? resolveUrl(base, url) : withScheme(url))
  }
  return urls
}

function resolveUrl(base: ByteString, relative: ByteString): ByteString {
  const parts = base.replace(/\/+$/, '').split('/')
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

function withScheme(url: ByteString): ByteString {
  return url.startsWith('/') ? `file://${url}` : url
}

async function fetchWorkingTree(
  directory: string,
  request: GitRequest,
  { program, allowDirty, warnDirty, warn, ...context }: GitContext,
): Promise<Fetched> {
  const git = gitIn(program, directory)
  const top = await text(git, ['rev-parse', '--show-toplevel']).catch(() => null)
  if (top === null) throw new HostError(`'${directory}' is not a Git repository`)
  const listed = bytesToByteString(await git(['ls-files', '-z', '--cached', '--full-name']))
  const paths = [...new Set(listed.split('\0').filter((path) => path !== ''))]
  const left = request.exportIgnore ? await exportIgnored(git, paths, null) : new Set<ByteString>()
  const files = new FileSystemAccessor()
  const root = Buffer.from(top).toString('latin1')
  const tree: Directory = { type: 'directory', entries: new Map() }
  for (const path of paths) {
    const status = left.has(path) ? null : files.status(`${root}/${path}`)
    if (status === null) continue
    // A submodule is a directory here: empty unless it is asked for.
    if (status.type !== 'directory') placeNode(tree, path, dumpTree(files, `${root}/${path}`))
    else {
      const inner: Fetched | null = request.submodules
        ? await fetchWorkingTree(
            join(top, byteStringToUtf8(path)),
            { ...request, signedBy: null },
            {
              ...context,
              program,
              allowDirty: true,
              warnDirty: false,
              warn,
            },
          )
        : null
      placeNode(tree, path, inner?.tree ?? { type: 'directory', entries: new Map() })
    }
  }
  const head = await text(git, ['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => null)
  const changes = await git(['status', '--porcelain', '--untracked-files=no', '-z'])
  const { signedBy } = request
  if (signedBy !== null) {
    if (changes.length > 0 || head === null) {
      throw new HostError(
        `commit verification is required for Git repository '${request.url}', but it's dirty`,
      )
    }
    await withTemporaryDirectory((temporary) => verifyCommit(git, head, signedBy, temporary))
  }
  const time = head === null ? 0 : Number(await text(git, ['log', '-1', '--format=%ct', 'HEAD']))
  const found = { tree: sorted(tree), lastModified: time }
  if (changes.length > 0) {
    if (!allowDirty) throw new HostError(`Git tree '${directory}' is dirty`)
    if (warnDirty) warn(`Git tree '${directory}' is dirty`)
    return head === null ? found : { ...found, dirtyRev: head }
  }
  return {
    ...found,
    ref: utf8ToByteString(await headOf(git)),
    rev: head ?? emptyRevision,
    ...(head === null ? { revCount: 0 } : await countRevisions(git, head)),
  }
}
