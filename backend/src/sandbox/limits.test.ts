import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptDerivation } from '../testing/nix-expressions'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'
import { limitsFromEnvironment, defaultLimits, type Limits } from './limits'

let counter = 0
const mebibyte = 1024 * 1024

describe('limits in the environment', () => {
  it('have defaults', () => {
    expect(limitsFromEnvironment({ ...defaultLimits }, {})).toEqual(defaultLimits)
  })

  it('are named after those in the answer to /api/health', () => {
    const limits = limitsFromEnvironment(
      { ...defaultLimits },
      {
        SNOWGLOBE_LIMIT_WALL_CLOCK_SECONDS: '5',
        SNOWGLOBE_LIMIT_LOG_BYTES: '100',
      },
    )
    expect(limits).toEqual({ ...defaultLimits, wallClockSeconds: 5, logBytes: 100 })
  })

  it.each(['0', '-1', '1.5', 'many'])('must be positive whole numbers, not %s', (value) => {
    expect(() =>
      limitsFromEnvironment({ ...defaultLimits }, { SNOWGLOBE_LIMIT_PROCESSES: value }),
    ).toThrow(`SNOWGLOBE_LIMIT_PROCESSES must be a positive whole number, but is "${value}"`)
  })
})

const ways = [
  { kept: 'by the best means of this machine', controlGroups: true },
  { kept: 'by counting processes', controlGroups: false },
]
const cases = availableLaunchers.flatMap((launcher) => ways.map((way) => ({ launcher, ...way })))

describe.each(cases)('limits of $launcher kept $kept', ({ launcher, controlGroups }) => {
  const sizes = {
    memoryBytes: 128 * mebibyte,
    processes: 40,
    diskBytes: 32 * mebibyte,
    logBytes: mebibyte,
  }
  const start = (limits: Partial<Limits>) =>
    startServer({ launchers: [launcher], controlGroups, limits })
  let server: TestServer
  beforeAll(async () => {
    server = await start(sizes)
  })
  afterAll(() => server.close())

  /** Runs a script that reaches a limit; then an ordinary build must work. */
  const expectLimit = async (name: string, message: string, script: string, asked = server) => {
    const mark = `mark-${process.pid}-${counter}`
    const build = (script: string) => asked.build(scriptDerivation(`limit-${counter++}`, script))
    const { failure, log } = await build(`: ${mark}\n${script}`)
    expect(failure).toMatchObject({ kind: 'limit', limit: name })
    expect(failure?.message).toContain(message)
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(mark)
    expect((await build('echo fine > $out')).failure).toBeNull()
    return log
  }

  /**
   * The same of a limit of time, where there is no other: on a busy machine one that is not meant would
   * be reached first. An ordinary build must come to its end within it even there.
   */
  const expectTimeLimit = async (
    limit: Partial<Limits>,
    message: string,
    script: string,
  ): Promise<void> => {
    const hasty = await start(limit)
    try {
      await expectLimit(Object.keys(limit)[0]!, message, script, hasty)
    } finally {
      await hasty.close()
    }
  }

  it('stop a fork bomb', () =>
    expectLimit(
      'processes',
      'was stopped because it started more than 40 processes (limit processes = 40); have it do less at a time',
      'bomb() { bomb | bomb & }; bomb; exec sleep 1000',
    ))

  it('stop an endless log', async () => {
    const log = await expectLimit(
      'logBytes',
      'was stopped because it wrote more than 1 MiB of log (limit logBytes = 1048576); have it write less',
      'head -c 100000000 /dev/zero | tr "\\0" x',
    )
    expect(log.length).toBe(mebibyte)
  })

  it('stop one that takes all memory', () =>
    expectLimit(
      'memoryBytes',
      'was stopped because it used more than 128 MiB of memory (limit memoryBytes = 134217728); have it do less at a time',
      `awk 'BEGIN { x = "0123456789abcdef"; for (i = 0; i < 24; i++) x = x x; while (1) i++ }'
       sleep 1000`,
    ))

  it('stop one that takes all memory with many processes', () =>
    expectLimit(
      'memoryBytes',
      'more than 128 MiB of memory',
      `for i in 1 2 3 4 5 6 7 8; do
         awk 'BEGIN { x = "0123456789abcdef"; for (i = 0; i < 21; i++) x = x x; while (1) i++ }' &
       done; sleep 1000`,
    ))

  it('stop one that runs for too long', () =>
    expectTimeLimit(
      { wallClockSeconds: 5 },
      'timed out after 5 seconds (limit wallClockSeconds = 5); divide the work',
      'while true; do echo .; sleep 0.5; done',
    ))

  it('stop one that is silent for too long', () =>
    expectTimeLimit(
      { silenceSeconds: 5 },
      'timed out after 5 seconds of silence (limit silenceSeconds = 5); have it write something',
      'sleep 1000',
    ))

  it('stop one that uses too much of the processor', () =>
    expectTimeLimit(
      { cpuSeconds: 1 },
      'was stopped because it used more than 1 second of CPU time (limit cpuSeconds = 1); divide the work',
      'while true; do :; done',
    ))

  it('stop one that fills the disk', () =>
    expectLimit(
      'diskBytes',
      'was stopped because it wrote more than 32 MiB to disk (limit diskBytes = 33554432); have it write less',
      `i=0; while true; do i=$((i+1)); dd if=/dev/zero of=$i bs=1M count=1 2> /dev/null; done`,
    ))

  it('stop one that fills its output with one file', () =>
    expectLimit('diskBytes', 'wrote more than 32 MiB to disk', 'cat /dev/zero > $out; sleep 1000'))

  it('stop one that ignores every signal it can', () =>
    expectTimeLimit(
      { silenceSeconds: 5 },
      'timed out',
      `trap '' TERM INT HUP QUIT; setsid sh -c "trap '' TERM; sleep 1000" & sleep 1000`,
    ))
})
