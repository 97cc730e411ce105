/**
 * What a builder is started with: its environment and the files that lie in its build directory
 * before it runs (https://nix.dev/manual/nix/latest/store/building).
 */
import { encodeBase32 } from '@snowglobe/shared/base32'
import { byteStringToBytes, type ByteString } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { hashPlaceholder } from '@snowglobe/shared/hash-modulo'
import { hashBytes } from '@snowglobe/shared/hash'
import { words, type DerivationAttributes } from './derivation-attributes'
import { graphFiles, graphObjects, type ReferencesGraph } from './references-graph'
import { structuredAttributes } from './structured-attributes'

export interface BuilderSetting {
  builder: ByteString
  args: ByteString[]
  /** By name; the order tells nothing. */
  environment: Map<ByteString, ByteString>
  /** By name, in the build directory. */
  files: Map<string, Uint8Array>
}

export interface SettingOptions {
  cores: number
  /** Where the build directory lies for the builder. */
  buildDirectory: ByteString
  /** Where the builder is to put each output. */
  outputs: ReadonlyMap<ByteString, ByteString>
  /** For exportReferencesGraph. */
  graph: ReferencesGraph
  /** For impureEnvVars. */
  environmentVariable: (name: ByteString) => ByteString | undefined
  /** Gets all text that the builder sees; for outputs that are not where the derivation says. */
  rewrite?: (text: ByteString) => ByteString
}

/** Gives the setting of a derivation. Throws DerivationError. */
export function builderSetting(
  derivation: Derivation,
  attributes: DerivationAttributes,
  options: SettingOptions,
): BuilderSetting {
  const { buildDirectory } = options
  const rewrite = rewriter(options)
  const environment = new Map<ByteString, ByteString>([
    ['PATH', '/path-not-set'],
    ['HOME', '/homeless-shelter'],
    ['NIX_STORE', options.graph.storeDir],
    ['NIX_BUILD_CORES', String(options.cores)],
  ])
  const files = new Map<string, Uint8Array>()
  if (attributes.structured === null)
    addPlainAttributes(derivation, options, rewrite, environment, files)
  else addStructuredAttributes(attributes, options, rewrite, environment, files)
  for (const name of ['NIX_BUILD_TOP', 'TMPDIR', 'TEMPDIR', 'TMP', 'TEMP', 'PWD'])
    environment.set(name, buildDirectory)
  const kind = derivationKind(derivation)
  // Fetchers of old looked at it to learn that their output's hash will be checked.
  if (kind === 'fixed') environment.set('NIX_OUTPUT_CHECKED', '1')
  if (kind === 'fixed' || kind === 'impure')
    for (const name of attributes.strings('impureEnvVars') ?? [])
      environment.set(name, options.environmentVariable(name) ?? '')
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
function rewriter({ outputs, rewrite }: SettingOptions): (text: ByteString) => ByteString {
  const placeholders = [...outputs].map(([name, path]) => [hashPlaceholder(name), path] as const)
  return (text) => {
    const own = rewrite === undefined ? text : rewrite(text)
    return placeholders.reduce((rewritten, [from, to]) => rewritten.replaceAll(from, to), own)
  }
}

function addPlainAttributes(
  derivation: Derivation,
  { buildDirectory, graph }: SettingOptions,
  rewrite: (text: ByteString) => ByteString,
  environment: Map<ByteString, ByteString>,
  files: Map<string, Uint8Array>,
): void {
  const asFiles = new Set(words(derivation.environment.get('passAsFile') ?? ''))
  for (const [name, value] of derivation.environment) {
    if (!asFiles.has(name)) {
      environment.set(name, rewrite(value))
      continue
    }
    const file = `.attr-${encodeBase32(hashBytes('sha256', name))}`
    files.set(file, byteStringToBytes(rewrite(value)))
    environment.set(`${name}Path`, `${buildDirectory}/${file}`)
  }
  const graphs = words(derivation.environment.get('exportReferencesGraph') ?? '')
  for (const [name, text] of graphFiles(graph, graphs)) files.set(name, byteStringToBytes(text))
}

function addStructuredAttributes(
  attributes: DerivationAttributes,
  { buildDirectory, outputs, graph }: SettingOptions,
  rewrite: (text: ByteString) => ByteString,
  environment: Map<ByteString, ByteString>,
  files: Map<string, Uint8Array>,
): void {
  const all = attributes.structured ?? {}
  const graphs = graphObjects(graph, all['exportReferencesGraph'])
  const { json, shell } = structuredAttributes(all, outputs, graphs, rewrite)
  files.set('.attrs.json', byteStringToBytes(json))
  files.set('.attrs.sh', byteStringToBytes(shell))
  environment.set('NIX_ATTRS_JSON_FILE', `${buildDirectory}/.attrs.json`)
  environment.set('NIX_ATTRS_SH_FILE', `${buildDirectory}/.attrs.sh`)
}
