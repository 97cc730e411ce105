/** What a shell in the sandbox of a derivation is started with. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { DerivationError } from '@snowglobe/shared/derivation'
import { DerivationAttributes } from '../build/derivation-attributes'
import { builderSetting, type BuilderSetting } from '../build/builder-environment'
import { knownOutputs } from '../build/known-outputs'
import { ReferencesGraph } from '../build/references-graph'
import type { SandboxRequest, Workspace } from '../sandbox/launcher'
import type { DiskStore } from '../store/disk-store'

export interface ShellSetting {
  /** Store paths that must stay as long as the shell is open. */
  visible: ReadonlySet<ByteString>
  request: SandboxRequest
  files: BuilderSetting['files']
}

/**
 * The shell sees what the builder would see, and the outputs that are valid. Tools (a store path with
 * `bin`) come last in its PATH, so that there is an `ls` in any case. Throws DerivationError, also
 * where an input has not been built.
 */
export function shellSetting(
  store: DiskStore,
  drvPath: ByteString,
  workspace: Workspace,
  options: { shell: string; tools: ByteString; cores: number; columns: number; rows: number },
): ShellSetting {
  const derivation = store.readDerivation(drvPath)
  const outputs = knownOutputs(store, drvPath, derivation)
  const direct = directInputs(store, drvPath)
  const inputs = store.closure(direct)
  const setting = builderSetting(derivation, new DerivationAttributes(drvPath, derivation), {
    cores: options.cores,
    buildDirectory: workspace.buildDirectoryInside,
    outputs,
    graph: new ReferencesGraph(store, inputs),
    environmentVariable: () => undefined,
  })
  const built = [...outputs.values()].filter((path) => store.isValidPath(path))
  const visible = store.closure(new Set([...inputs, ...built, options.tools]))
  const environment = setting.environment
  environment.set('PATH', searchPath(store, environment.get('PATH'), built, direct, options.tools))
  environment.set('PS1', '\\w $ ')
  // What a builder writes for machines, a person would only have to read past.
  environment.delete('NIX_LOG_FD')
  const bash = interactiveBash(setting.builder)
  return {
    visible,
    files: setting.files,
    request: {
      builder: bash ?? '/bin/sh',
      args: bash === null ? ['-i'] : ['--noprofile', '--norc', '-i'],
      environment: [...environment].filter(([name]) => name !== '' && !name.includes('=')),
      storeDir: store.storeDir,
      inputs: [...visible],
      inputDirectory: store.realStoreDir,
      shell: options.shell,
      system: derivation.system,
      terminal: { columns: options.columns, rows: options.rows },
    },
  }
}

function directInputs(store: DiskStore, drvPath: ByteString): Set<ByteString> {
  const derivation = store.readDerivation(drvPath)
  const paths = new Set(derivation.inputSources)
  for (const [input, names] of derivation.inputDerivations) {
    const known = knownOutputs(store, input, store.readDerivation(input))
    for (const name of names) {
      const path = known.get(name)
      if (path === undefined || !store.isValidPath(path))
        throw new DerivationError(`its input '${input}' has not been built; build it first`)
      paths.add(path)
    }
  }
  return paths
}

/** The derivation's own PATH, or the programs of its inputs where it has none. */
function searchPath(
  store: DiskStore,
  own: ByteString | undefined,
  built: readonly ByteString[],
  direct: ReadonlySet<ByteString>,
  tools: ByteString,
): ByteString {
  const programs = (path: ByteString) =>
    existsSync(join(store.realPath(path), 'bin')) ? [`${path}/bin`] : []
  const given = own === undefined || own === '/path-not-set' ? [] : own.split(':')
  const inputs = given.length > 0 ? [] : [...direct].flatMap(programs)
  return [...new Set([...built.flatMap(programs), ...given, ...inputs, `${tools}/bin`])].join(':')
}

/** A bash that builds also serves people. */
function interactiveBash(builder: ByteString): ByteString | null {
  return /\/bin\/bash$/.test(builder) ? builder : null
}
