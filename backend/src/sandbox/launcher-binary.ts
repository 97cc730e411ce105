/**
 * Compiles the launcher (backend/launcher) where there is a compiler for C, and keeps the program:
 * its name holds a hash of all that it is made of.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { lstatSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'
import confine from '../../launcher/confine.c?raw'
import foreign from '../../launcher/foreign.c?raw'
import inside from '../../launcher/inside.c?raw'
import header from '../../launcher/launcher.h?raw'
import main from '../../launcher/main.c?raw'
import mounts from '../../launcher/mounts.c?raw'
import outer from '../../launcher/outer.c?raw'
import relay from '../../launcher/relay.c?raw'
import report from '../../launcher/report.c?raw'
import request from '../../launcher/request.c?raw'
import talk from '../../launcher/talk.c?raw'

const sources: Readonly<Record<string, string>> = {
  'confine.c': confine,
  'foreign.c': foreign,
  'inside.c': inside,
  'launcher.h': header,
  'main.c': main,
  'mounts.c': mounts,
  'outer.c': outer,
  'relay.c': relay,
  'report.c': report,
  'request.c': request,
  'talk.c': talk,
}

/** In order of preference. tcc knows no -O2, and takes it. */
const compilers = ['cc', 'gcc', 'clang', 'tcc']
/** A static program starts faster; not every machine has what that needs. */
const variants = [['-O2', '-static'], ['-O2']]

export interface LauncherBinary {
  path: string
  /** Like "cc (Debian 12.2.0-14+deb12u1) 12.2.0". */
  compiler: string
}

/** The launcher cannot be compiled; the message says why. */
export class NoCompiler extends Error {
  override name = 'NoCompiler'
}

/**
 * Gives the compiled launcher; compiles it into the directory if it is not there. Only the user who
 * runs this may be able to write there: the program may be run as root. Throws NoCompiler.
 */
export function launcherBinary(directory: string): LauncherBinary {
  let trouble = `there is no compiler for C (${compilers.join(', ')})`
  for (const compiler of compilers) {
    const version = compilerVersion(compiler)
    if (version === null) continue
    const path = join(directory, `launcher-${sourceHash(version)}`)
    if (isOwnProgram(path)) return { path, compiler: version }
    const failure = compile(compiler, directory, path)
    if (failure === null) return { path, compiler: version }
    trouble = `${compiler} cannot compile the launcher: ${failure}`
  }
  throw new NoCompiler(trouble)
}

function compilerVersion(compiler: string): string | null {
  // tcc knows only -v, after which the others want a file.
  const { status, stdout } = spawnSync(compiler, [compiler === 'tcc' ? '-v' : '--version'], {
    encoding: 'utf8',
  })
  return status === 0 ? (stdout.split('\n')[0] ?? compiler) : null
}

function sourceHash(compiler: string): string {
  const hash = createHash('sha256').update(`${compiler} ${process.arch}\0${launcherSources()}`)
  return hash.digest('hex').slice(0, 32)
}

/** All that the launcher is made of. */
export function launcherSources(): string {
  return Object.entries(sources)
    .map(([name, text]) => `${name}\0${text}\0`)
    .join('')
}

/** Whether a file is there, and nobody else can have written it. */
export function isOwnProgram(path: string): boolean {
  const status = lstatSync(path, { throwIfNoEntry: false })
  return (
    status !== undefined &&
    status.isFile() &&
    status.uid === process.getuid?.() &&
    (status.mode & 0o022) === 0
  )
}

/** Gives what the compiler says where it fails, else null. */
function compile(compiler: string, directory: string, path: string): string | null {
  makeDirectory(directory)
  const work = mkdtempSync(join(directory, '.compile-'))
  try {
    for (const [name, text] of Object.entries(sources)) writeFileSync(join(work, name), text)
    const files = Object.keys(sources).filter((name) => name.endsWith('.c'))
    let failure = ''
    for (const options of variants) {
      const args = ['-std=gnu11', ...options, '-o', 'launcher', ...files]
      const { status, stderr, error } = spawnSync(compiler, args, { cwd: work, encoding: 'utf8' })
      if (status === 0) {
        renameSync(join(work, 'launcher'), path)
        return null
      }
      failure ||= error?.message ?? stderr.trim().split('\n')[0] ?? ''
    }
    return failure
  } finally {
    rmSync(work, { recursive: true })
  }
}
