import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../scripts/repository.mjs'
import { freePort } from '../scripts/free-port.mjs'

/** Seconds from `npm start` to the line that tells the address, with everything built. */
async function secondsToAddress() {
  const data = mkdtempSync(join(tmpdir(), 'snowglobe-bench-'))
  const port = String(await freePort())
  const start = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: port, SNOWGLOBE_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, so that npm, the script and the backend end together.
    detached: true,
  })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  let output = ''
  const seconds = await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text
      if (output.includes('http://')) resolve((performance.now() - start) / 1000)
    })
    ended.then(() => reject(new Error(`npm start ended:\n${output}`)))
  })
  process.kill(-child.pid, 'SIGTERM')
  await ended
  rmSync(data, { recursive: true, force: true })
  return seconds
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  { name: 'npm start, the second time', target: 5, unit: 's', measure: secondsToAddress },
]
