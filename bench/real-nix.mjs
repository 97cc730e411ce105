import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { median } from './statistics.mjs'

const nix = '/usr/bin/nix-instantiate'

/** Whether there is a real Nix to compare with. */
export const hasNix = existsSync(nix)

const evaluation = (expression) => ['--readonly-mode', '--eval', '-E', expression]

/** What one evaluation by a command of Nix's kind takes: seconds, and at most how many MB. */
export async function evaluateWith(command, expression) {
  const start = performance.now()
  const child = spawn(command, evaluation(expression), { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (text) => (said += text))
  let megabytes = 0
  const look = () => (megabytes = Math.max(megabytes, peakOf(child.pid)))
  const watch = setInterval(look, 20)
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  clearInterval(watch)
  if (status !== 0) throw new Error(`${command}: ${said}`)
  return { seconds: (performance.now() - start) / 1000, megabytes }
}

/** The largest resident size of a process until now, in MB; 0 when it has ended. */
function peakOf(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}

/** The middle of several evaluations by real Nix, process start included. */
export async function ofNix(expression, times = 3) {
  const all = []
  for (let i = 0; i < times; i++) all.push(await evaluateWith(nix, expression))
  return {
    seconds: median(all.map(({ seconds }) => seconds)),
    megabytes: median(all.map(({ megabytes }) => megabytes)),
  }
}

/** Seconds that real Nix needs beyond what it needs to start. */
export async function secondsOfNix(expression, times = 3) {
  const { seconds } = await ofNix(expression, times)
  return seconds - (await ofNix('1', times)).seconds
}
