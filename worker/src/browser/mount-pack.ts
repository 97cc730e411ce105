import { openPack, PackError } from '@snowglobe/shared/pack'
import type { ByteString } from '@snowglobe/shared/bytes'
import { storedTree } from '../language/decode-tree'
import type { Mount } from '../store/mount-accessor'
import { NarAccessor } from '../store/nar-accessor'

/**
 * The files of a pack, which has to be that of a store path, at that path. Throws PackError.
 *
 * @param requireBytes is told before a file is read how many of the pack's bytes have to be here
 */
export function mountPack(
  bytes: Uint8Array,
  storePath: ByteString,
  requireBytes: (end: number) => void = () => {},
): Mount {
  const pack = openPack(bytes)
  if (pack.storePath !== storePath) {
    throw new PackError(`the pack is not of ${storePath} but of ${pack.storePath}`)
  }
  const files = new NarAccessor(pack.tree, {
    syntaxOf(file) {
      const syntax = pack.syntaxOf(file)
      return syntax && storedTree(syntax)
    },
    beforeReading: (file) => requireBytes(pack.endOf(file)),
  })
  return { at: storePath, files }
}
