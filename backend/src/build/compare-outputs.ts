import { chmodSync, lstatSync, readdirSync, readFileSync, readlinkSync, renameSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { ByteString } from '@snowglobe/shared/bytes'
import { pathBuffer, pathBytes } from '../store/byte-path'
import { removeTree } from '../store/remove-tree'

const shownDifferences = 20

/**
 * How two trees differ, in lines for people: which files, and from which byte on. `path` is what the
 * trees are known as.
 */
export async function compareOutputs(
  before: string,
  after: string,
  path: ByteString,
): Promise<ByteString[]> {
  const lines: ByteString[] = []
  let left = 0
  const differ = (name: ByteString, how: string) => {
    if (lines.length < shownDifferences)
      lines.push(`  ${path}${name === '' ? '' : `/${name}`}: ${how}`)
    else left++
  }
  const visit = async (name: ByteString): Promise<void> => {
    await setImmediate()
    const suffix = name === '' ? '' : `/${name}`
    const [a, b] = [before, after].map((tree) => describe(`${pathBytes(tree)}${suffix}`))
    if (a!.kind !== b!.kind) return differ(name, `${a!.kind} and ${b!.kind}`)
    if (a!.kind === 'a directory') {
      const [inA, inB] = [new Set(a!.names), new Set(b!.names)]
      for (const entry of [...new Set([...inA, ...inB])].sort()) {
        const inner = name === '' ? entry : `${name}/${entry}`
        if (!inB.has(entry)) differ(inner, 'only in the first build')
        else if (!inA.has(entry)) differ(inner, 'only in the second build')
        else await visit(inner)
      }
    } else if (!a!.bytes.equals(b!.bytes))
      differ(name, `differs from byte ${firstDifference(a!.bytes, b!.bytes)} on`)
  }
  await visit('')
  if (left > 0) lines.push(`  and ${left} more`)
  return lines
}

/** Puts the output of a second build beside that of the first. Gives its place. */
export async function keepForComparison(source: string, path: string): Promise<string> {
  const place = `${path}.check`
  await removeTree(place)
  const status = lstatSync(source)
  // Only who may write in a directory can move it: its entry `..` changes.
  if (status.isDirectory()) chmodSync(source, 0o755)
  renameSync(source, place)
  if (status.isDirectory()) chmodSync(place, status.mode & 0o777)
  return place
}

interface Entry {
  kind: string
  names: ByteString[]
  bytes: Buffer
}

function describe(path: ByteString): Entry {
  const file = pathBuffer(path)
  const status = lstatSync(file)
  const none = Buffer.alloc(0)
  if (status.isDirectory())
    return { kind: 'a directory', names: readdirSync(file, 'latin1'), bytes: none }
  if (status.isSymbolicLink())
    return { kind: 'a link', names: [], bytes: Buffer.from(readlinkSync(file, 'latin1')) }
  const kind = (status.mode & 0o100) !== 0 ? 'a program' : 'a file'
  return { kind, names: [], bytes: readFileSync(file) }
}

function firstDifference(a: Buffer, b: Buffer): number {
  let i = 0
  while (i < a.length && i < b.length && a[i] === b[i]) i++
  return i
}
