/**
 * What a builder is started with: its environment and the files that lie in `/build` before it runs
 * (https://nix.dev/manual/nix/latest/store/building).
 */
import { encodeBase32 } from '@snowglobe/shared/base32'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { hashPlaceholder } from '@snowglobe/shared/hash-modulo'
import { hashBytes } from '@snowglobe/shared/hash'
import { structuredAttributes } from './structured-attributes'

export interface BuilderSetting {
  builder: ByteString
  args: ByteString[]
  /** By name; the order tells nothing. */
  environment: Map<ByteString, ByteString>
  /** By name, in `/build`. */
  files: Map<string, Uint8Array>
}

const buildDirectory = '/build'

/** Gives the setting of a derivation whose output paths are known. Throws DerivationError. */
export function builderSetting(
  derivation: Derivation,
  options: { storeDir: ByteString; cores: number },
): BuilderSetting {
  const rewrite = placeholderRewriter(derivation)
  const environment = new Map<ByteString, ByteString>([
    ['PATH', '/path-not-set'],
    ['HOME', '/homeless-shelter'],
    ['NIX_STORE', options.storeDir],
    ['NIX_BUILD_CORES', String(options.cores)],
  ])
  const files = new Map<string, Uint8Array>()
  const json = derivation.environment.get('__json')
  if (json === undefined) addPlainAttributes(derivation, rewrite, environment, files)
  else addStructuredAttributes(derivation, json, rewrite, environment, files)
  for (const name of ['NIX_BUILD_TOP', 'TMPDIR', 'TEMPDIR', 'TMP', 'TEMP', 'PWD'])
    environment.set(name, buildDirectory)
  // Fetchers of old looked at it to learn that their output's hash will be checked.
  if (derivationKind(derivation) === 'fixed') environment.set('NIX_OUTPUT_CHECKED', '1')
  environment.set('NIX_LOG_FD', '2')
  environment.set('TERM', 'xterm-256color')
  return {
    builder: rewrite(derivation.builder),
    args: derivation.args.map(rewrite),
    environment,
    files,
  }
}

/** builtins.placeholder stands for an output's path until it is built. */
function placeholderRewriter(derivation: Derivation): (text: ByteString) => ByteString {
  const placeholders = [...derivation.outputs].map(
    ([name, { path }]) => [hashPlaceholder(name), path] as const,
  )
  return (text) =>
    placeholders.reduce((rewritten, [from, to]) => rewritten.replaceAll(from, to), text)
}

function addPlainAttributes(
  derivation: Derivation,
  rewrite: (text: ByteString) => ByteString,
  environment: Map<ByteString, ByteString>,
  files: Map<string, Uint8Array>,
): void {
  const asFiles = new Set(
    (derivation.environment.get('passAsFile') ?? '').split(/[ \t\n\r]+/).filter(Boolean),
  )
  for (const [name, value] of derivation.environment) {
    if (!asFiles.has(name)) {
      environment.set(name, rewrite(value))
      continue
    }
    const file = `.attr-${encodeBase32(hashBytes('sha256', name))}`
    files.set(file, byteStringToBytes(rewrite(value)))
    environment.set(`${name}Path`, `${buildDirectory}/${file}`)
  }
}

function addStructuredAttributes(
  derivation: Derivation,
  json: ByteString,
  rewrite: (text: ByteString) => ByteString,
  environment: Map<ByteString, ByteString>,
  files: Map<string, Uint8Array>,
): void {
  const outputs = new Map([...derivation.outputs].map(([name, { path }]) => [name, path]))
  const attributes = structuredAttributes(json, outputs, rewrite)
  files.set('.attrs.json', byteStringToBytes(attributes.json))
  files.set('.attrs.sh', byteStringToBytes(attributes.shell))
  environment.set('NIX_ATTRS_JSON_FILE', `${buildDirectory}/.attrs.json`)
  environment.set('NIX_ATTRS_SH_FILE', `${buildDirectory}/.attrs.sh`)
}
