/** Settings as a `nix.conf` has them. Source: the Nix manual, nix.conf(5). */
import type { ByteString } from '@snowglobe/shared/bytes'
import { StoreError } from '../store/store'
import { setAsArgument, UsageError } from './command-line'
import { SettingError, Settings } from './settings'

/** What a line says. */
type Line =
  | { kind: 'nothing' }
  | { kind: 'setting'; name: ByteString; value: ByteString }
  | { kind: 'include'; path: ByteString; required: boolean }
  | { kind: 'wrong'; code: ByteString }

function parseLine(line: ByteString): Line {
  const code = line.replace(/#.*/s, '')
  const words = code.split(/[ \t\r]+/).filter((word) => word !== '')
  const [first, second, ...rest] = words
  if (first === undefined) return { kind: 'nothing' }
  if (second === undefined) return { kind: 'wrong', code }
  if (first === 'include' || first === '!include') {
    if (rest.length > 0) return { kind: 'wrong', code }
    return { kind: 'include', path: second, required: first === 'include' }
  }
  if (second !== '=') return { kind: 'wrong', code }
  return { kind: 'setting', name: first, value: rest.join(' ') }
}

/** What is wrong with a line. */
export interface NixConfProblem {
  /** From 1. */
  line: number
  message: ByteString
  /** The setting does not exist: the line means nothing, and others count all the same. */
  isWarning: boolean
}

/** Reads the text of a `nix.conf`; a line that is wrong is told and left out. */
export function readNixConf(text: ByteString): { settings: Settings; problems: NixConfProblem[] } {
  const settings = new Settings()
  const problems: NixConfProblem[] = []
  for (const [index, whole] of text.split('\n').entries()) {
    const line = index + 1
    const said = parseLine(whole)
    if (said.kind === 'nothing') continue
    if (said.kind !== 'setting') {
      const message =
        said.kind === 'include'
          ? 'other files cannot be included here'
          : `syntax error in configuration line '${said.code}': it is 'NAME = VALUE'`
      problems.push({ line, message, isWarning: false })
      continue
    }
    const { name, value } = said
    try {
      settings.set(name, value)
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      problems.push({ line, message: error.message, isWarning: false })
    }
    if (settings.unknown.pop() !== undefined) {
      problems.push({ line, message: `unknown setting '${name}'`, isWarning: true })
    }
  }
  return { settings, problems }
}

/** A text with settings, and what messages call it: the path of its file. */
export interface Configuration {
  path: ByteString
  text: ByteString
}

/** The files around a configuration. */
export interface ConfigurationFiles {
  /** What a path means that stands in the file `from`; without text if nothing is there. */
  include(path: ByteString, from: ByteString): { path: ByteString; text: ByteString | null }
  /** Whether a setting is left alone: something stronger says it. */
  isFixed(name: ByteString): boolean
}

/** Files that include each other more deeply than this do so without end. */
const mostIncludes = 100

/**
 * The settings of several configurations, of which the last counts most. Those that no setting has are
 * `unknown` afterwards, in the order of their names.
 *
 * @throws UsageError and StoreError with Nix's messages
 */
export function readConfigurations(
  configurations: readonly Configuration[],
  files: ConfigurationFiles,
): Settings {
  const settings = new Settings()
  for (const one of configurations) apply(settings, one, files, 0)
  const unknown = [...new Set(settings.unknown)].sort()
  settings.unknown.splice(0, Infinity, ...unknown)
  return settings
}

function apply(
  settings: Settings,
  { path, text }: Configuration,
  files: ConfigurationFiles,
  depth: number,
): void {
  for (const whole of text.split('\n')) {
    const said = parseLine(whole)
    if (said.kind === 'wrong') {
      throw new UsageError(`syntax error in configuration line '${said.code}' in "${path}"`)
    } else if (said.kind === 'setting') {
      if (!files.isFixed(said.name)) setAsArgument(settings, said.name, said.value)
    } else if (said.kind === 'include') {
      if (depth >= mostIncludes) throw new StoreError(`file "${path}" includes itself`)
      const { path: place, text: inside } = files.include(said.path, path)
      if (inside !== null) apply(settings, { path: place, text: inside }, files, depth + 1)
      else if (said.required) {
        throw new StoreError(`file "${place}" included from "${path}" not found`)
      }
    }
  }
}
