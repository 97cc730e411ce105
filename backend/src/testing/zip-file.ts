/** Writes zip archives for tests, also such as no program would write. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMember {
  /** Bytes, one per character. */
  name: string
  contents: string
  /** Of Unix; left out for an archive that was made on DOS. */
  mode?: number
  deflated?: boolean
  /** What it says that its contents have, in bytes. */
  claimedSize?: number
}

/** All members are of 2020-01-02 03:04:06, without a time zone. */
export function zipFile(members: readonly ZipMember[]): Buffer {
  const pieces: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, contents, mode, deflated = false, claimedSize } of members) {
    const plain = Buffer.from(contents, 'latin1')
    const packed = deflated ? deflateRawSync(plain) : plain
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(deflated ? 8 : 0, 4)
    common.writeUInt16LE((3 << 11) | (4 << 5) | 3, 6)
    common.writeUInt16LE((40 << 9) | (1 << 5) | 2, 8)
    common.writeUInt32LE(crc32(plain), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(claimedSize ?? plain.length, 18)
    common.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      common,
      Buffer.from(name, 'latin1'),
      packed,
    ])
    const madeBy = Buffer.from([20, mode === undefined ? 0 : 3])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((mode ?? 0) << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02'), madeBy, common, rest, Buffer.from(name, 'latin1'))
    pieces.push(local)
    offset += local.length
  }
  const listed = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(members.length, 4)
  end.writeUInt16LE(members.length, 6)
  end.writeUInt32LE(listed.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...pieces, listed, Buffer.from('PK\x05\x06'), end])
}
