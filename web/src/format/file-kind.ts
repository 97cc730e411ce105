/** How a file of the store is shown. */
export type FileKind =
  { kind: 'text'; text: string } | { kind: 'image'; type: string } | { kind: 'binary' }

/** Shown by an `img` element only, which runs no script: so SVG is safe, too. */
const imageTypes: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
}

/** Looks at a file's name and bytes; `whole` says that these are all of them. */
export function fileKind(name: string, bytes: Uint8Array, whole: boolean): FileKind {
  const ending = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const type = imageTypes[ending]
  if (type !== undefined && whole && bytes.length > 0) return { kind: 'image', type }
  if (bytes.includes(0)) return { kind: 'binary' }
  try {
    // `stream` tolerates a character that is cut in two where the bytes end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole })
    return { kind: 'text', text }
  } catch {
    return { kind: 'binary' }
  }
}

/** The first bytes as `hexdump -C` shows them. */
export function hexDump(bytes: Uint8Array, atMost = 512): string {
  const lines: string[] = []
  for (let at = 0; at < Math.min(bytes.length, atMost); at += 16) {
    const row = [...bytes.subarray(at, Math.min(at + 16, atMost))]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
    lines.push(`${at.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text.join('')}`)
  }
  return lines.join('\n')
}
