import { encodeBase32 } from './base32'
import type { ByteString } from './bytes'
import { parseContentAddress } from './content-address'
import { parseHash } from './hash'
import { parseBaseName, parseStorePath } from './store-path'
import { parseSignature } from './signature'

/** What a binary cache tells of a path, in a file `<hash part>.narinfo`. Paths are full. */
export interface NarInfo {
  path: ByteString
  /** Where the compressed NAR is, relative to the cache. */
  url: string
  /** `none`, `xz`, `zstd`, `bzip2`, … */
  compression: string
  /** SHA-256 of the compressed file, raw bytes; null if not told. */
  fileHash: Uint8Array | null
  /** Bytes of the compressed file; null if not told. */
  fileSize: number | null
  /** SHA-256 of the NAR, raw bytes. */
  narHash: Uint8Array
  /** Bytes of the NAR. */
  narSize: number
  references: ByteString[]
  deriver: ByteString | null
  /** `name:base64`. */
  signatures: string[]
  contentAddress: string | null
}

/** A narinfo that cannot be used. */
export class NarInfoError extends Error {
  override name = 'NarInfoError'
}

/** The text of a narinfo, as Nix writes it. */
export function formatNarInfo(info: NarInfo): string {
  const lines = [`StorePath: ${info.path}`, `URL: ${info.url}`, `Compression: ${info.compression}`]
  if (info.fileHash !== null) lines.push(`FileHash: sha256:${encodeBase32(info.fileHash)}`)
  if (info.fileSize !== null) lines.push(`FileSize: ${info.fileSize}`)
  lines.push(`NarHash: sha256:${encodeBase32(info.narHash)}`, `NarSize: ${info.narSize}`)
  lines.push(`References: ${[...info.references].sort().map(baseName).join(' ')}`)
  if (info.deriver !== null) lines.push(`Deriver: ${baseName(info.deriver)}`)
  for (const signature of [...info.signatures].sort()) lines.push(`Sig: ${signature}`)
  if (info.contentAddress !== null) lines.push(`CA: ${info.contentAddress}`)
  return lines.map((line) => `${line}\n`).join('')
}

function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Fields that may stand once only. Others than these and `Sig` are passed over, as Nix does. */
const singleFields = new Set([
  'StorePath',
  'URL',
  'Compression',
  'FileHash',
  'FileSize',
  'NarHash',
  'NarSize',
  'References',
  'Deriver',
  'CA',
])

/**
 * The narinfo in a text. `whence` says in errors where it is from. Checks every field, but not that
 * the path is the one asked for, nor signatures. Throws NarInfoError.
 */
export function parseNarInfo(storeDir: ByteString, text: string, whence: string): NarInfo {
  const fields = new Map<string, { value: string; line: number }>()
  const signatures: string[] = []
  const corrupt = (reason: string, line?: number): never => {
    const at = line === undefined ? '' : ` at line ${line}`
    throw new NarInfoError(`NAR info file '${whence}' is corrupt: ${reason}${at}`)
  }
  /** Runs a parser of another format, whose errors become errors of this one. */
  const checked = <Value>(field: string, line: number, parse: () => Value): Value => {
    try {
      return parse()
    } catch (error) {
      return corrupt(`invalid ${field}: ${(error as Error).message}`, line)
    }
  }

  const lines = text.split('\n')
  lines.forEach((content, index) => {
    const line = index + 1
    if (line === lines.length) {
      if (content !== '') corrupt("expecting '\\n'", line)
      return
    }
    const match = /^([^:]*):(?: (.*))?$/s.exec(content)
    if (match === null) return corrupt("expecting ':'", line)
    const [, name, value = ''] = match as unknown as [string, string, string | undefined]
    if (name === 'Sig') {
      checked('Sig', line, () => parseSignature(value))
      signatures.push(value)
    } else if (singleFields.has(name)) {
      if (fields.has(name)) corrupt(`extra ${name}`, line)
      fields.set(name, { value, line })
    }
  })

  const field = <Value>(name: string, parse: (value: string) => Value): Value | null => {
    const found = fields.get(name)
    if (found === undefined) return null
    return checked(name, found.line, () => parse(found.value))
  }
  const fullPath = (base: string): ByteString => {
    parseBaseName(base)
    return `${storeDir}/${base}`
  }
  const path = field('StorePath', (value) => {
    parseStorePath(storeDir, value)
    return value
  })
  const narHash = field('NarHash', parseSha256)
  const url = field('URL', (value) => value)
  const narSize = field('NarSize', parseSize)
  if (path === null) return corrupt('StorePath missing')
  if (narHash === null) return corrupt('NarHash missing')
  if (url === null || url === '') return corrupt('URL missing')
  if (narSize === null || narSize === 0) return corrupt('NarSize missing or zero')
  return {
    path,
    url,
    // Caches of old did not write it, and compressed with bzip2.
    compression: field('Compression', parseCompression) ?? 'bzip2',
    fileHash: field('FileHash', parseSha256),
    fileSize: field('FileSize', parseSize),
    narHash,
    narSize,
    references:
      field('References', (value) => value.split(' ').filter(Boolean).map(fullPath).sort()) ?? [],
    deriver: field('Deriver', (value) => (value === 'unknown-deriver' ? null : fullPath(value))),
    signatures,
    contentAddress: field('CA', (value) => {
      if (value === '') return null
      parseContentAddress(value)
      return value
    }),
  }
}

function parseSha256(value: string): Uint8Array {
  if (!value.includes(':') && !value.includes('-'))
    throw new Error(`hash '${value}' does not include a type`)
  return parseHash(value, 'sha256').bytes
}

function parseSize(value: string): number {
  const size = /^\d+$/.test(value) ? Number(value) : NaN
  if (!Number.isSafeInteger(size)) throw new Error(`'${value}' is not a size`)
  return size
}

function parseCompression(value: string): string {
  if (value === '') return 'bzip2'
  if (!/^[a-z0-9-]+$/.test(value)) throw new Error(`unknown compression method '${value}'`)
  return value
}
