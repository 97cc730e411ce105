/** Fetching from Mercurial repositories, with the `hg` of this machine. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  bytesToByteString,
  byteStringToUtf8,
  utf8ToByteString,
  type ByteString,
} from '@snowglobe/shared/bytes'
import { readTar } from '@snowglobe/shared/tar'
import type { Fetched, FetchRequest } from '@snowglobe/worker/evaluator/fetch-request'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { FileSystemAccessor } from '@snowglobe/worker/node/file-system-accessor'
import { dumpTree } from '@snowglobe/worker/store/dump-tree'
import { placeNode, sorted, type Directory } from './git-tree'
import type { RepositoryClones } from './repository-clones'
import type { RepositoryProgram } from './repository-program'
import type { SourceCache } from './source-cache'

export type MercurialRequest = Extract<FetchRequest, { kind: 'mercurial' }>

export interface MercurialContext {
  program: RepositoryProgram
  clones: RepositoryClones
  cache: SourceCache
  /** Settings of Nix. */
  allowDirty: boolean
  warnDirty: boolean
  warn: (text: ByteString) => void
}

/** What is fetched where no branch is named. */
const defaultBranch = 'default'

/**
 * Fetches a revision, or of a directory on this machine with changes that are not committed, where
 * neither revision nor branch is given, the files that Mercurial knows of, as they are now.
 *
 * @throws HostError
 */
export async function fetchMercurial(
  request: MercurialRequest,
  ttl: number,
  context: MercurialContext,
): Promise<Fetched> {
  const { program, clones } = context
  program.checkUrl(request.url)
  const { ref, rev } = request
  const url = byteStringToUtf8(request.url)
  const directory = url.startsWith('file:') ? fileURLToPath(url) : null
  if (directory !== null && ref === null && rev === null) {
    const changed = await fetchWorkingTree(directory, context)
    if (changed !== null) return changed
  }
  const source = directory ?? url
  return clones.use(source, async (clone) => {
    const { directory } = clone
    await clone.update(() => updateClone(directory, source, request, ttl, context))
    const hg = (args: readonly string[], maxOutput?: number) =>
      program.run(args, maxOutput === undefined ? {} : { maxOutput })
    const wanted = byteStringToUtf8(rev ?? ref ?? defaultBranch)
    const template = '{node} {rev} {branch}'
    const told = await hg(['log', '-R', directory, '-r', wanted, '--template', template])
    const [node = '', count = '', ...branch] = bytesToByteString(told).split(' ')
    return {
      tree: await readRevision(program, directory, node),
      rev: node,
      revCount: Number(count),
      ref: branch.join(' '),
    }
  })
}

/** Gets into a clone what is asked for, if it is not there or may be old. */
async function updateClone(
  directory: string,
  source: string,
  { ref, rev }: MercurialRequest,
  ttl: number,
  { program, cache }: MercurialContext,
): Promise<void> {
  const stamp = `hg ${source} ${ref ?? defaultBranch}`
  if (!existsSync(directory)) {
    await program.run(['clone', '--noupdate', '--', source, directory])
  } else if (
    rev === null ? !cache.isFresh(stamp, ttl) : !(await hasRevision(program, directory, rev))
  ) {
    const pull = ['pull', '-R', directory, '--', source]
    try {
      await program.run(pull)
    } catch (error) {
      // One that was ended in the middle is to be taken back first.
      if (!existsSync(join(directory, '.hg/store/journal'))) throw error
      await program.run(['recover', '-R', directory])
      await program.run(pull)
    }
  } else return
  cache.stamp(stamp)
}

function hasRevision(
  program: RepositoryProgram,
  directory: string,
  rev: ByteString,
): Promise<boolean> {
  return program.run(['log', '-R', directory, '-r', rev, '--template', '1']).then(
    (told) => told.toString('latin1') === '1',
    () => false,
  )
}

/** Where Mercurial itself would say of what revision an archive is. */
const archivalFile = '.hg_archival.txt'

async function readRevision(
  { run, maxTreeBytes }: RepositoryProgram,
  directory: string,
  node: string,
): Promise<Directory> {
  const top = 'source'
  const archive = await run(
    [
      ...['archive', '-R', directory, '-r', node, '--config', 'ui.archivemeta=no'],
      ...['--type', 'tar', '--prefix', top, '-'],
    ],
    Number.isFinite(maxTreeBytes) ? { maxOutput: maxTreeBytes } : {},
  )
  const tree = readTar(archive).tree.entries.get(top)
  if (tree?.type !== 'directory') throw new HostError(`Mercurial revision '${node}' has no files`)
  tree.entries.delete(archivalFile)
  return tree
}

/** What is in a directory; null where that is what is committed. */
async function fetchWorkingTree(
  directory: string,
  { program, allowDirty, warnDirty, warn }: MercurialContext,
): Promise<Fetched | null> {
  if (!existsSync(join(directory, '.hg'))) return null
  const hg = (...args: string[]) => program.run([args[0]!, '-R', directory, ...args.slice(1)])
  const changes = await hg('status', '--modified', '--added', '--removed')
  if (changes.length === 0) return null
  const root = utf8ToByteString(directory)
  if (!allowDirty) throw new HostError(`Mercurial tree '"${root}"' is unclean`)
  if (warnDirty) warn(`Mercurial tree '"${root}"' is unclean`)
  const listed = await hg('status', '--clean', '--modified', '--added', '--no-status', '--print0')
  const files = new FileSystemAccessor()
  const tree: Directory = { type: 'directory', entries: new Map() }
  for (const path of bytesToByteString(listed).split('\0')) {
    if (path !== '') placeNode(tree, path, dumpTree(files, `${root}/${path}`))
  }
  const branch = bytesToByteString(await hg('branch'))
  return { tree: sorted(tree), ref: branch.replace(/\n$/, '') }
}
