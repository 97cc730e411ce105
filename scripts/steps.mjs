import { spawn } from 'node:child_process'
import { Advice, root } from './repository.mjs'

const colours = process.stdout.isTTY && !process.env.NO_COLOR
const paint = (code) => (text) => (colours ? `\x1b[${code}m${text}\x1b[0m` : text)
export const bold = paint(1)
export const dim = paint(2)
export const red = paint(31)
export const green = paint(32)
export const yellow = paint(33)

/** Lines of a failed command's output that are shown; the reason is nearly always at the end. */
const shownLines = 40

/**
 * Runs one step of a set-up with a line that says how it goes: `✓ Dependencies  up to date`.
 *
 * @param {string} title
 * @param {(say: (progress: string) => void) => Promise<string>} work gives the closing word
 */
export async function step(title, work) {
  const start = performance.now()
  const line = (mark, text) => `${mark} ${title.padEnd(16)} ${dim(text)}`
  const say = (progress) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line('…', progress)}`)
    else console.log(line('…', progress))
  }
  const close = (mark, text) =>
    console.log((process.stdout.isTTY ? '\r\x1b[K' : '') + line(mark, text))
  try {
    const word = await work(say)
    close(green('✓'), `${word}${took(performance.now() - start)}`)
  } catch (error) {
    close(red('✗'), 'failed')
    throw error
  }
}

function took(milliseconds) {
  return milliseconds < 1000 ? '' : `, ${seconds(milliseconds)}`
}

/** `3.2 s`, `75 s` */
export function seconds(milliseconds) {
  const value = milliseconds / 1000
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`
}

/**
 * Runs a command quietly, in the repository's root unless `options.cwd` says otherwise. Gives its
 * output; throws Advice with the output's end if it fails.
 */
export function run(command, args, options = {}) {
  const { advice = '', ...spawnOptions } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...spawnOptions,
    })
    let output = ''
    const take = (chunk) => (output += chunk)
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    const named = [command, ...args].join(' ')
    child.on('error', (error) =>
      reject(new Advice(`${command} could not be started: ${error.message}`, advice)),
    )
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output)
      const end = output.trimEnd().split('\n').slice(-shownLines).join('\n')
      reject(new Advice(`${named} failed (${signal ?? `exit code ${code}`}).`, advice, end))
    })
  })
}

/** Runs a command that writes to this terminal. Gives its exit code. */
export function runHere(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      ...options,
    })
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}

/** Says what went wrong and what to do, and ends the process. */
export function fail(error) {
  if (!(error instanceof Advice)) throw error
  if (error.output) console.error(`\n${dim(error.output)}`)
  console.error(`\n${red(bold(error.message))}`)
  if (error.advice) console.error(error.advice)
  process.exit(1)
}
