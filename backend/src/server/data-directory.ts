/** The directory that everything is kept in: it has a version, and one server at a time. */
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import { lockFile } from '../store/file-lock'

/**
 * What leads from each version to the next. Each is run once, on a directory that nobody else uses, and
 * may be run again after a crash. Never change one that was released: add another.
 */
const migrations: ((directory: string) => void)[] = [
  // 0 → 1: directories from before there were versions are laid out as those of version 1.
  () => {},
]

export const dataVersion = migrations.length

export interface DataDirectory {
  release(): void
}

/** Takes the directory, and brings it to this version. Throws an Error that says what is wrong. */
export function openDataDirectory(directory: string): DataDirectory {
  makeDirectory(directory)
  const lock = lockFile(join(directory, 'lock'), 'exclusive')
  if (lock === null)
    throw new Error(`another Snowglobe uses ${directory}; stop it, or set SNOWGLOBE_DATA`)
  try {
    migrate(directory)
  } catch (error) {
    lock.release()
    throw error
  }
  return lock
}

function migrate(directory: string): void {
  const file = join(directory, 'version')
  let version = versionOf(directory, file)
  if (version > dataVersion)
    throw new Error(
      `${directory} was written by a newer Snowglobe (version ${version} of its layout, this one ` +
        `knows ${dataVersion}); use that one, or set SNOWGLOBE_DATA to another directory`,
    )
  for (const step of migrations.slice(version)) {
    step(directory)
    writeVersion(file, ++version)
  }
  if (!existsSync(file)) writeVersion(file, version)
}

function versionOf(directory: string, file: string): number {
  if (!existsSync(file)) {
    const isNew = readdirSync(directory).every((name) => name === 'lock')
    return isNew ? dataVersion : 0
  }
  const text = readFileSync(file, 'utf8').trim()
  if (!/^\d{1,6}$/.test(text)) throw new Error(`${file} should hold a number, but holds "${text}"`)
  return Number(text)
}

/** Whole or not at all. */
function writeVersion(file: string, version: number): void {
  const temporary = `${file}.new`
  writeFileSync(temporary, `${version}\n`, { flush: true })
  renameSync(temporary, file)
}
