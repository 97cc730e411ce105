import { byteStringToUtf8, bytesToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { parseDerivation } from '@snowglobe/shared/derivation-aterm'
import type { NarNode } from '@snowglobe/shared/nar'
import { parseStorePath } from '@snowglobe/shared/store-path'
import { StoreError } from '../store/store'
import type { DerivationView } from './api'

/** A `.drv`'s contents as people read them; everything sorted by name. */
export function viewDerivation(
  storeDir: ByteString,
  path: ByteString,
  contents: NarNode,
): DerivationView {
  if (contents.type !== 'regular') throw new StoreError(`'${path}' is not a derivation`)
  const name = parseStorePath(storeDir, path).name.slice(0, -'.drv'.length)
  const derivation = parseDerivation(bytesToByteString(contents.contents), name)
  const text = byteStringToUtf8
  return {
    path: text(path),
    name: text(name),
    system: text(derivation.system),
    builder: text(derivation.builder),
    args: derivation.args.map(text),
    outputs: sorted(derivation.outputs).map(([output, { path, hashAlgorithm, hash }]) => ({
      name: text(output),
      path: text(path),
      hashAlgorithm,
      hash,
    })),
    inputDerivations: sorted(derivation.inputDerivations).map(([input, outputs]) => ({
      path: text(input),
      outputs: [...outputs].sort().map(text),
    })),
    inputSources: [...derivation.inputSources].sort().map(text),
    environment: sorted(derivation.environment).map(([variable, value]) => ({
      name: text(variable),
      value: text(value),
    })),
  }
}

function sorted<T>(map: ReadonlyMap<ByteString, T>): [ByteString, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
