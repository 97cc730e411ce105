/** What one build may use; Infinity is no limit. Names are those of Health.limits; the page shows them. */
export interface Limits {
  wallClockSeconds: number
  /** Without a byte of output. */
  silenceSeconds: number
  cpuSeconds: number
  memoryBytes: number
  processes: number
  /** Of the build directory and the outputs together. */
  diskBytes: number
  logBytes: number
}

export type LimitName = keyof Limits

const mebibyte = 1024 * 1024

export const defaultLimits: Limits = {
  wallClockSeconds: 600,
  silenceSeconds: 120,
  cpuSeconds: 600,
  memoryBytes: 2048 * mebibyte,
  processes: 256,
  diskBytes: 2048 * mebibyte,
  logBytes: 16 * mebibyte,
}

/** A limit that a build has reached. */
export interface LimitReached {
  name: LimitName
  value: number
}

const seconds = (value: number) => `${value} second${value === 1 ? '' : 's'}`

const descriptions: Record<LimitName, (value: number) => string> = {
  wallClockSeconds: (value) => `timed out after ${seconds(value)}`,
  silenceSeconds: (value) => `timed out after ${seconds(value)} of silence`,
  cpuSeconds: (value) => `was stopped because it used more than ${seconds(value)} of CPU time`,
  memoryBytes: (value) => `was stopped because it used more than ${readableBytes(value)} of memory`,
  processes: (value) => `was stopped because it started more than ${value} processes`,
  diskBytes: (value) => `was stopped because it wrote more than ${readableBytes(value)} to disk`,
  logBytes: (value) => `was stopped because it wrote more than ${readableBytes(value)} of log`,
}

const advice: Record<LimitName, string> = {
  wallClockSeconds: 'divide the work among several derivations',
  silenceSeconds: 'have it write something while it works',
  cpuSeconds: 'divide the work among several derivations',
  memoryBytes: 'have it do less at a time, for instance with fewer jobs',
  processes: 'have it do less at a time, for instance with fewer jobs',
  diskBytes: 'have it write less, or remove what is not needed any more',
  logBytes: 'have it write less, for instance to a file',
}

/**
 * What a build did to reach the limit and what to do about it, as the end of the sentence
 * "building of '…' …".
 */
export function describeLimit({ name, value }: LimitReached): string {
  return `${descriptions[name](value)} (limit ${name} = ${value}); ${advice[name]}`
}

/**
 * Limits as the environment asks for them: `SNOWGLOBE_LIMIT_WALL_CLOCK_SECONDS` and so on, positive
 * whole numbers. Throws an Error that names the variable where it is something else.
 */
export function limitsFromEnvironment<Names extends string>(
  defaults: Record<Names, number>,
  environment: Readonly<Record<string, string | undefined>>,
): Record<Names, number> {
  const limits = { ...defaults }
  for (const name of Object.keys(defaults) as Names[]) {
    const variable = limitVariable(name)
    const text = environment[variable]
    if (text === undefined || text === '') continue
    if (!/^[1-9][0-9]{0,14}$/.test(text))
      throw new Error(`${variable} must be a positive whole number, but is "${text}"`)
    limits[name] = Number(text)
  }
  return limits
}

/** The variable that sets a limit. */
export function limitVariable(name: string): string {
  return `SNOWGLOBE_LIMIT_${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}`
}

function readableBytes(bytes: number): string {
  if (bytes % (1024 * mebibyte) === 0) return `${bytes / (1024 * mebibyte)} GiB`
  if (bytes % mebibyte === 0) return `${bytes / mebibyte} MiB`
  return `${bytes} bytes`
}
