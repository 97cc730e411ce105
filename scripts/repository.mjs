import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root directory. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** What only this machine knows: stamps, type information, compile caches. Never committed. */
export const cacheDir = join(root, '.cache')

/**
 * The Node that everything runs on: pinned in package.json, so that every machine has the same engine,
 * node:sqlite and zstd. The Node that runs these scripts may be any from 20.
 *
 * Throws where the package is missing: an unusual processor, or an incomplete install.
 */
export function pinnedNode() {
  const path = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  if (existsSync(path)) return path
  throw new Advice(
    `The pinned Node is not in ${dirname(dirname(path))}.`,
    process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch)
      ? 'Remove node_modules and run the command again.'
      : `Snowglobe runs on Linux with an x64 or arm64 processor; this is ${process.platform} ${process.arch}.`,
  )
}

/** The script of a package's command, to be run with the pinned Node, like `packageScript('vite', 'bin/vite.js')`. */
export function packageScript(name, script) {
  return join(root, 'node_modules', name, script)
}

/** A failure that a person can do something about: what happened, and what to do. */
export class Advice extends Error {
  constructor(message, advice, output = '') {
    super(message)
    this.advice = advice
    /** The last output of what failed, or ''. */
    this.output = output
  }
}
