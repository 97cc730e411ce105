import { openPack, PackError } from '@snowglobe/shared/pack'
import type { ByteString } from '@snowglobe/shared/bytes'
import { storedTree } from '../language/decode-tree'
import type { Mount } from '../store/mount-accessor'
import { NarAccessor } from '../store/nar-accessor'
import type { ChannelPack } from './evaluator-protocol'

/** The bytes of a channel's pack. */
export async function packBytes({ pack }: Pick<ChannelPack, 'pack'>): Promise<Uint8Array> {
  return pack instanceof Uint8Array ? pack : new Uint8Array(await pack.arrayBuffer())
}

/** The files of a pack, which has to be that of a store path, at that path. Throws PackError. */
export function mountPack(bytes: Uint8Array, storePath: ByteString): Mount {
  const pack = openPack(bytes)
  if (pack.storePath !== storePath) {
    throw new PackError(`the pack is not of ${storePath} but of ${pack.storePath}`)
  }
  const files = new NarAccessor(pack.tree, {
    syntaxOf(file) {
      const syntax = pack.syntaxOf(file)
      return syntax && storedTree(syntax)
    },
  })
  return { at: storePath, files }
}
