/** Syntax trees for packs, as an evaluator with Nix's default settings parses them. */
import { bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { packVersion } from '@snowglobe/shared/pack'
import type { Evaluator } from '@snowglobe/worker/evaluator/evaluator'
import { formatVersion } from '@snowglobe/worker/language/binary-tree'
import { encodeTree } from '@snowglobe/worker/language/encode-tree'
import { parse } from '@snowglobe/worker/language/parser'
import { PositionTable } from '@snowglobe/worker/language/positions'
import { NixSyntaxError } from '@snowglobe/worker/language/syntax-error'
import { MemoryAccessor } from '@snowglobe/worker/store/memory-accessor'
import { packingEvaluator } from './packing-evaluator'

/** Changes with all that changes what packs have, but for their trees. */
export function packingVersion(): string {
  return `${packVersion}.${formatVersion}.${defaultEvaluator().treeSettings.fingerprint}`
}

/** Gives the binary form of a file's syntax tree; null where it is no Nix, wrong, or has none. */
export function syntaxWriter(): (name: ByteString, contents: Uint8Array) => Uint8Array | null {
  const { globals, treeSettings } = defaultEvaluator()
  return (name, contents) => {
    if (!name.endsWith('.nix')) return null
    try {
      const tree = parse(bytesToByteString(contents), {
        origin: { kind: 'file', path: name },
        basePath: '/',
        homeDirectory: '/',
        positions: new PositionTable(),
        globals: (global) => globals.has(global),
      })
      return encodeTree(tree, treeSettings.fingerprint)
    } catch (error) {
      if (error instanceof NixSyntaxError) return null
      throw error
    }
  }
}

/** One that evaluates nothing: it knows which names are global. */
function defaultEvaluator(): Evaluator {
  return packingEvaluator(new MemoryAccessor([]))
}
