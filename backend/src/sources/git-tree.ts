/** Trees of Git as trees of files. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { NarNode } from '@snowglobe/shared/nar'
import { HostError } from '@snowglobe/worker/evaluator/host'
import type { RepositoryProgram } from './repository-program'

export type Directory = Extract<NarNode, { type: 'directory' }>

/** Runs Git in a repository and gives what it prints. */
export type Git = RepositoryProgram['run']

/** One file of a commit. */
interface TreeEntry {
  mode: string
  object: string
  path: ByteString
  /** In bytes; 0 for what is no file. */
  size: number
}

export interface CommitTree {
  tree: Directory
  /** Commits that stand in it for other repositories, by path. */
  submodules: Map<ByteString, string>
}

/**
 * The files of a commit, those left out of which `ignored` says so. Throws HostError, also where they
 * have more bytes than `maxBytes`.
 */
export async function readCommit(
  git: Git,
  commit: string,
  ignored: (paths: readonly ByteString[]) => Promise<ReadonlySet<ByteString>>,
  maxBytes: number,
): Promise<CommitTree> {
  const entries = parseEntries(await git(['ls-tree', '-r', '-l', '-z', '--full-tree', commit]))
  const left = await ignored(entries.map(({ path }) => path))
  const wanted = entries.filter(({ path }) => !left.has(path))
  const files = wanted.filter(({ mode }) => mode !== '160000')
  const bytes = files.reduce((sum, { size }) => sum + size, 0)
  if (bytes > maxBytes) {
    throw new HostError(`the files of Git revision '${commit}' have more than ${maxBytes} bytes`)
  }
  const contents = await readObjects(git, files)
  const tree: Directory = { type: 'directory', entries: new Map() }
  for (const [i, { mode, path }] of files.entries()) {
    const bytes = contents[i]!
    placeNode(
      tree,
      path,
      mode === '120000'
        ? { type: 'symlink', target: bytesToByteString(bytes) }
        : { type: 'regular', executable: mode === '100755', contents: bytes },
    )
  }
  const submodules = new Map<ByteString, string>()
  for (const { mode, path, object } of wanted) {
    if (mode !== '160000') continue
    submodules.set(path, object)
    placeNode(tree, path, { type: 'directory', entries: new Map() })
  }
  return { tree: sorted(tree), submodules }
}

function parseEntries(output: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (const record of bytesToByteString(output).split('\0')) {
    const match = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(record)
    if (match === null) continue
    const [, mode, object, size, path] = match as unknown as [
      string,
      string,
      string,
      string,
      string,
    ]
    entries.push({ mode, object, path, size: size === '-' ? 0 : Number(size) })
  }
  return entries
}

/** The contents of objects, in the same order. */
async function readObjects(git: Git, entries: readonly TreeEntry[]): Promise<Buffer[]> {
  const input = entries.map(({ object }) => `${object}\n`).join('')
  const maxOutput = entries.reduce((sum, { object, size }) => sum + object.length + size + 32, 1024)
  const output = await git(['cat-file', '--batch'], { input, maxOutput })
  const contents: Buffer[] = []
  let at = 0
  for (const { object } of entries) {
    const end = output.indexOf(0x0a, at)
    const size = Number(output.subarray(at, end).toString('latin1').split(' ')[2])
    if (end < 0 || !Number.isSafeInteger(size)) {
      throw new HostError(`Git object ${object} is missing from the repository`)
    }
    contents.push(output.subarray(end + 1, end + 1 + size))
    at = end + 1 + size + 1
  }
  return contents
}

/**
 * Puts a node into a tree, with the directories that lead to it. Throws HostError for a path that
 * leads elsewhere, which Git itself would not check out.
 */
export function placeNode(root: Directory, path: ByteString, node: NarNode): void {
  const parts = path.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new HostError(`'${path}' is no path that a file of a repository can have`)
  }
  const name = parts.pop()!
  let at = root
  for (const part of parts) {
    let next = at.entries.get(part)
    if (next?.type !== 'directory') {
      next = { type: 'directory', entries: new Map() }
      at.entries.set(part, next)
    }
    at = next
  }
  at.entries.set(name, node)
}

/** The same tree with names in the order that archives want. */
export function sorted(tree: Directory): Directory {
  const entries = [...tree.entries].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    type: 'directory',
    entries: new Map(
      entries.map(([name, node]) => [name, node.type === 'directory' ? sorted(node) : node]),
    ),
  }
}

/** What `.gitattributes` say of paths: those to which they give the attribute, with its value. */
export async function attributesOf(
  git: Git,
  attribute: string,
  paths: Iterable<ByteString>,
  cached: { indexFile: string } | null,
): Promise<Map<ByteString, ByteString>> {
  const output = await git(
    ['check-attr', ...(cached === null ? [] : ['--cached']), '-z', '--stdin', attribute],
    {
      input: Buffer.from([...paths].map((path) => `${path}\0`).join(''), 'latin1'),
      ...(cached === null ? {} : { environment: { GIT_INDEX_FILE: cached.indexFile } }),
    },
  )
  const fields = bytesToByteString(output).split('\0')
  const values = new Map<ByteString, ByteString>()
  for (let i = 0; i + 2 < fields.length; i += 3) {
    if (fields[i + 2] !== 'unspecified') values.set(fields[i]!, fields[i + 2]!)
  }
  return values
}

/**
 * Which paths `.gitattributes` leave out of what is exported (export-ignore), by themselves or by a
 * directory that they are in. With `cached` the attributes are those of the index.
 */
export async function exportIgnored(
  git: Git,
  paths: readonly ByteString[],
  cached: { indexFile: string } | null,
): Promise<Set<ByteString>> {
  const asked = new Set<ByteString>()
  for (const path of paths) {
    for (let at = path; at !== ''; at = parentOf(at)) {
      asked.add(at)
    }
  }
  const values = await attributesOf(git, 'export-ignore', asked, cached)
  return new Set(
    paths.filter((path) => {
      for (let at = path; at !== ''; at = parentOf(at)) if (values.get(at) === 'set') return true
      return false
    }),
  )
}

function parentOf(path: ByteString): ByteString {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}
