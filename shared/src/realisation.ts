/**
 * What an output of a content-addressed derivation has become: an entry of Nix's build trace
 * (https://nix.dev/manual/nix/latest/protocols/json/build-trace-entry). It cannot be checked by itself,
 * so whoever takes one from elsewhere wants it signed.
 */
import { decodeBase64, encodeBase64 } from './base64'
import { byteStringToBytes, byteStringToUtf8, utf8ToByteString, type ByteString } from './bytes'
import {
  formatNamedBytes,
  parseSignature,
  type NamedBytes,
  type Sign,
  type Verify,
} from './signature'
import { parseBaseName } from './store-path-name'

export interface Realisation {
  /** Full path of the derivation, its inputs resolved. */
  drvPath: ByteString
  output: ByteString
  /** Full path of what it has become. */
  outPath: ByteString
  /** `name:base64`. */
  signatures: string[]
}

/** A text that is no entry of a build trace. */
export class RealisationError extends Error {
  override name = 'RealisationError'
}

/** Where a binary cache keeps it. */
export function realisationFile(drvPath: ByteString, output: ByteString): string {
  return `build-trace-v2/${baseName(drvPath)}/${output}.doi`
}

/** The value of an entry, as a binary cache keeps it: the key is in the file's name. */
export function formatRealisation({ outPath, signatures }: Realisation): string {
  return JSON.stringify({
    outPath: byteStringToUtf8(baseName(outPath)),
    signatures: signatures.map((text) => {
      const { name, bytes } = parseSignature(text)
      return { keyName: name, sig: encodeBase64(bytes) }
    }),
  })
}

/** Reads the value of the entry with this key. Throws RealisationError. */
export function parseRealisation(
  storeDir: ByteString,
  { drvPath, output }: Pick<Realisation, 'drvPath' | 'output'>,
  text: string,
): Realisation {
  try {
    const value = JSON.parse(text) as { outPath?: unknown; signatures?: unknown }
    if (typeof value.outPath !== 'string') throw new Error('it has no outPath')
    const base = utf8ToByteString(value.outPath)
    parseBaseName(base)
    const signatures = Array.isArray(value.signatures) ? value.signatures.map(readSignature) : []
    return { drvPath, output, outPath: `${storeDir}/${base}`, signatures }
  } catch (error) {
    const file = realisationFile(drvPath, output)
    throw new RealisationError(`'${file}' is no build trace entry: ${(error as Error).message}`)
  }
}

function readSignature(value: unknown): string {
  if (typeof value === 'string') return formatNamedBytes(parseSignature(value))
  const { keyName, sig } = value as { keyName?: unknown; sig?: unknown }
  if (typeof keyName !== 'string' || typeof sig !== 'string') throw new Error('odd signature')
  return formatNamedBytes({ name: keyName, bytes: decodeBase64(sig) })
}

/** What is signed: key and value without signatures, as JSON without spaces, keys in order. */
export function realisationFingerprint({ drvPath, output, outPath }: Realisation): ByteString {
  const text = JSON.stringify({
    key: {
      drvPath: byteStringToUtf8(baseName(drvPath)),
      outputName: byteStringToUtf8(output),
    },
    value: { outPath: byteStringToUtf8(baseName(outPath)) },
  })
  return utf8ToByteString(text)
}

/** Gives `name:base64`. */
export function signRealisation(
  realisation: Realisation,
  secretKey: NamedBytes,
  sign: Sign,
): string {
  const message = byteStringToBytes(realisationFingerprint(realisation))
  return formatNamedBytes({ name: secretKey.name, bytes: sign(secretKey.bytes, message) })
}

/** Whether one of these keys has signed it. */
export function isRealisationSigned(
  realisation: Realisation,
  trusted: Iterable<NamedBytes>,
  verify: Verify,
): boolean {
  const message = byteStringToBytes(realisationFingerprint(realisation))
  const keys = new Map([...trusted].map((key) => [key.name, key.bytes]))
  return realisation.signatures.some((text) => {
    const { name, bytes } = parseSignature(text)
    const key = keys.get(name)
    return key !== undefined && verify(key, message, bytes)
  })
}

function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
