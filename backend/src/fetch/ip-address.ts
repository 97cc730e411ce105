/**
 * Which addresses of the Internet Protocol are open to everybody, and which lead into this machine or
 * the network around it (IANA's registries of special-purpose addresses, RFC 6890).
 */
import { isIP } from 'node:net'

/** Networks, as `address/bits`, that nobody outside can reach: this machine, private ones, links. */
const privateNetworks = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  // Multicast and what is reserved, broadcast included: no connection leads there.
  '224.0.0.0/3',
  // The unspecified address, loopback, and addresses of version 4 in a form nobody routes.
  '::/96',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
  '100::/64',
  // Teredo hides an address of version 4 that its server chooses.
  '2001::/32',
]

/** Networks whose addresses mean one of version 4, and at which byte that lies. */
const embeddings: readonly [network: string, offset: number][] = [
  ['::ffff:0:0/96', 12],
  ['::ffff:0:0:0/96', 12],
  ['64:ff9b::/96', 12],
  // NAT64 prefixes of one's own: the address may lie further left, but nobody has shorter ones here.
  ['64:ff9b:1::/48', 12],
  ['2002::/16', 2],
]

/** A network: addresses that begin with the same bits. */
export interface Network {
  bytes: Uint8Array
  bits: number
}

/** The bytes of an address, 4 or 16, or null if the text is none. A zone (`%eth0`) is passed over. */
export function parseAddress(text: string): Uint8Array | null {
  const [address = ''] = text.split('%')
  const version = isIP(address)
  if (version === 4) return Uint8Array.from(address.split('.').map(Number))
  return version === 6 ? parseVersion6(address) : null
}

function parseVersion6(text: string): Uint8Array {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text)
  const plain =
    dotted === null
      ? text
      : dotted[1]! + hexPair(dotted[2]!, dotted[3]!) + ':' + hexPair(dotted[4]!, dotted[5]!)
  const [before = '', after] = plain.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((g) => parseInt(g, 16)))
  const head = groups(before)
  const tail = after === undefined ? [] : groups(after)
  const all = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail]
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]))
}

function hexPair(high: string, low: string): string {
  return (Number(high) * 256 + Number(low)).toString(16)
}

/** A network from `address/bits`, or from one address; null if the text is neither. */
export function parseNetwork(text: string): Network | null {
  const [address = '', length] = text.split('/')
  const bytes = parseAddress(address)
  if (bytes === null) return null
  if (length === undefined) return { bytes, bits: bytes.length * 8 }
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : NaN
  return bits <= bytes.length * 8 ? { bytes, bits } : null
}

/** Whether an address, as bytes, lies in a network. */
export function isInNetwork(address: Uint8Array, { bytes, bits }: Network): boolean {
  if (address.length !== bytes.length) return false
  for (let i = 0; i < bytes.length; i++) {
    const rest = Math.min(8, Math.max(0, bits - 8 * i))
    const mask = (0xff00 >> rest) & 0xff
    if (((address[i]! ^ bytes[i]!) & mask) !== 0) return false
  }
  return true
}

const parsedPrivate = privateNetworks.map((text) => parseNetwork(text)!)
const parsedEmbeddings = embeddings.map(([text, offset]) => ({
  network: parseNetwork(text)!,
  offset,
}))

/**
 * The address of version 4 that an address really means (mapped, translated, 6to4), else the address
 * itself.
 */
export function meantAddress(address: Uint8Array): Uint8Array {
  for (const { network, offset } of parsedEmbeddings)
    if (isInNetwork(address, network)) return address.subarray(offset, offset + 4)
  return address
}

/** Whether an address leads to this machine's or a private network rather than into the open. */
export function isPrivateAddress(address: Uint8Array): boolean {
  const meant = meantAddress(address)
  return parsedPrivate.some((network) => isInNetwork(meant, network))
}
