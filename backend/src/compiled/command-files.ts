/**
 * The files of a command, and what V8 has compiled of them. Node's own cache holds what was compiled when
 * a file was loaded, and nearly all functions are compiled later, when they are first called. So a build
 * runs each command once (`keep-code.ts`) and keeps what that run had compiled.
 */
import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Script } from 'node:vm'

/** What was kept of one file. */
export interface KeptFile {
  name: string
  /** Of the file's text: the code of another text is not used. */
  sha256: string
  /** Where the code is in what follows the list of files, in bytes. */
  start: number
  end: number
}

/** Where the code kept for a command lies. */
export function codeFile(directory: string, command: string): string {
  return join(directory, `${command}.code`)
}

/** V8 copies code that does not begin at a multiple of this. */
const alignment = 8

interface LoadedFile {
  sha256: string
  script: Script
  module: { exports: unknown }
}

/**
 * Loads the CommonJS modules of a directory, each once. They are ASCII (the build sees to that), which
 * V8 keeps and scans in half the room.
 */
export class CommandFiles {
  private readonly loaded = new Map<string, LoadedFile>()
  private readonly kept = new Map<string, KeptFile>()
  private code: Buffer = Buffer.alloc(0)

  constructor(private readonly directory: string) {}

  /** Uses the code in this file, as far as it is that of the files as they are. It need not be there. */
  useCode(file: string): void {
    if (!existsSync(file)) return
    const bytes = readFileSync(file)
    const head = bytes.readUInt32LE(0)
    const list = JSON.parse(bytes.toString('latin1', alignment, alignment + head)) as KeptFile[]
    for (const kept of list) this.kept.set(kept.name, kept)
    this.code = bytes.subarray(alignment + head)
  }

  /** Runs a file of the directory, if that has not been done. Gives what it exports. */
  load(name: string): unknown {
    const before = this.loaded.get(name)
    if (before !== undefined) return before.module.exports
    const file = join(this.directory, name)
    const bytes = readFileSync(file)
    const sha256 = hash('sha256', bytes)
    const cachedData = this.codeOf(name, sha256)
    const script = new Script(
      `(function (exports, require, module, __filename, __dirname) {${bytes.toString('latin1')}\n})`,
      { filename: file, ...(cachedData && { cachedData }) },
    )
    const module = { exports: {} as unknown }
    this.loaded.set(name, { sha256, script, module })
    const require = createRequire(file)
    const requireHere = (wanted: string): unknown =>
      wanted.startsWith('.')
        ? this.load(resolve('/', dirname(name), wanted).slice(1))
        : (require(wanted) as unknown)
    const run = script.runInThisContext() as (...args: unknown[]) => void
    run(module.exports, requireHere, module, file, dirname(file))
    return module.exports
  }

  /** What V8 has compiled of all that was loaded, as `useCode` reads it. */
  compiledCode(): Buffer {
    const list: KeptFile[] = []
    const pieces: Buffer[] = []
    let start = 0
    for (const [name, { sha256, script }] of this.loaded) {
      const code = aligned(script.createCachedData())
      list.push({ name, sha256, start, end: start + code.length })
      pieces.push(code)
      start += code.length
    }
    const head = aligned(Buffer.from(JSON.stringify(list), 'latin1'), ' ')
    const size = Buffer.alloc(alignment)
    size.writeUInt32LE(head.length)
    return Buffer.concat([size, head, ...pieces])
  }

  private codeOf(name: string, sha256: string): Buffer | null {
    const kept = this.kept.get(name)
    return kept?.sha256 === sha256 ? this.code.subarray(kept.start, kept.end) : null
  }
}

function aligned(bytes: Buffer, padding = '\0'): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (alignment - 1), padding)])
}
