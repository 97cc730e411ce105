/** Programs of this machine with all that they need, as a store path for builders. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { pathOfContentAddress } from '@snowglobe/shared/content-address'
import type { ExportedPath } from '@snowglobe/shared/export-stream'
import { writeNar, type NarNode } from '@snowglobe/shared/nar'
import { defaultStoreDir } from '@snowglobe/shared/store-path'

const file = (contents: Uint8Array): NarNode => ({ type: 'regular', executable: true, contents })
const directory = (entries: Map<string, NarNode>): NarNode => ({ type: 'directory', entries })

/** The libraries of a program and its loader, as ldd(1) lists them. */
function libraries(program: string): string[] {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' })
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!)
}

/** `programs` are files by the names that they are to have in `bin`. */
export function hostPrograms(programs: Readonly<Record<string, string>>): ExportedPath {
  const bin = new Map<string, NarNode>()
  const libexec = new Map<string, NarNode>()
  const lib = new Map<string, NarNode>()
  for (const [name, place] of Object.entries(programs)) {
    const program = realpathSync(place)
    libexec.set(name, file(readFileSync(program)))
    for (const path of libraries(program)) lib.set(basename(path), file(readFileSync(path)))
    const loader = [...lib.keys()].find((library) => library.startsWith('ld-linux'))
    const script = [
      '#!/bin/sh',
      'top=${0%/*}/..',
      `exec $top/lib/${loader} --argv0 "$0" --library-path $top/lib $top/libexec/${name} "$@"`,
    ]
    bin.set(name, file(Buffer.from(`${script.join('\n')}\n`)))
  }
  return exported(
    'host-programs',
    directory(
      new Map([
        ['bin', directory(bin)],
        ['lib', directory(lib)],
        ['libexec', directory(libexec)],
      ]),
    ),
  )
}

/** A directory of this machine, as it is but for links, which are left out. */
export function hostTree(place: string): ExportedPath {
  const read = (path: string): NarNode =>
    directory(
      new Map(
        readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
          const below = join(path, entry.name)
          if (entry.isDirectory()) return [[utf8ToByteString(entry.name), read(below)] as const]
          return entry.isFile()
            ? [[utf8ToByteString(entry.name), file(readFileSync(below))] as const]
            : []
        }),
      ),
    )
  return exported(basename(place), read(place))
}

function exported(name: string, node: NarNode): ExportedPath {
  const nar = writeNar(node)
  const hash = {
    algorithm: 'sha256' as const,
    bytes: new Uint8Array(createHash('sha256').update(nar).digest()),
  }
  const path = pathOfContentAddress(defaultStoreDir, { method: 'recursive', hash }, name, [])
  return { path, references: [], deriver: null, nar }
}
