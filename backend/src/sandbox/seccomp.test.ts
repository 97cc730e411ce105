import { describe, expect, it } from 'vitest'
import { seccompProgram, type Architecture } from './seccomp'

const allow = 0x7fff0000
const kill = 0x80000000
const errno = (code: number) => 0x00050000 | code

/** What the kernel does with the program for one system call, as linux/filter.h has it. */
function run(architecture: Architecture, number: number, args: number[] = [], audit?: number) {
  const program = seccompProgram(architecture)
  const view = new DataView(program.buffer)
  const data = new DataView(new ArrayBuffer(64))
  data.setUint32(0, number, true)
  data.setUint32(4, audit ?? (architecture === 'x86_64' ? 0xc000003e : 0xc00000b7), true)
  args.forEach((arg, i) => data.setBigUint64(16 + 8 * i, BigInt(arg), true))
  let accumulator = 0
  for (let at = 0; ; at++) {
    const code = view.getUint16(at * 8, true)
    const value = view.getUint32(at * 8 + 4, true)
    if (code === 0x06) return value
    if (code === 0x20) {
      accumulator = data.getUint32(value, true)
      continue
    }
    const isTrue =
      code === 0x15
        ? accumulator === value
        : code === 0x35
          ? accumulator >= value
          : (accumulator & value) !== 0
    at += view.getUint8(at * 8 + (isTrue ? 2 : 3))
  }
}

describe('the system call filter', () => {
  it('leaves ordinary calls alone', () => {
    expect(run('x86_64', 0)).toBe(allow) // read
    expect(run('x86_64', 59)).toBe(allow) // execve
    expect(run('aarch64', 63)).toBe(allow) // read
  })

  it('kills programs of another processor', () => {
    expect(run('x86_64', 90, [], 0x40000003)).toBe(kill)
    expect(run('aarch64', 90, [], 0xc000003e)).toBe(kill)
  })

  it('does not know the x32 calls', () => {
    expect(run('x86_64', 0x40000000 + 90, [0, 0o4755])).toBe(errno(38))
  })

  it.each([
    ['x86_64', 90, [0, 0o4755]], // chmod
    ['x86_64', 91, [0, 0o2755]], // fchmod
    ['x86_64', 268, [0, 0, 0o4755]], // fchmodat
    ['x86_64', 452, [0, 0, 0o4755]], // fchmodat2
    ['x86_64', 2, [0, 0o101, 0o4755]], // open
    ['x86_64', 257, [0, 0, 0o101, 0o4755]], // openat
    ['x86_64', 257, [0, 0, 0o20200002, 0o4755]], // openat with O_TMPFILE
    ['x86_64', 85, [0, 0o4755]], // creat
    ['x86_64', 133, [0, 0o104755]], // mknod
    ['x86_64', 259, [0, 0, 0o104755]], // mknodat
    ['aarch64', 52, [0, 0o4755]], // fchmod
    ['aarch64', 53, [0, 0, 0o4755]], // fchmodat
    ['aarch64', 56, [0, 0, 0o101, 0o4755]], // openat
    ['aarch64', 33, [0, 0, 0o104755]], // mknodat
  ] as const)('makes no set-id file (%s, call %i)', (architecture, number, args) => {
    expect(run(architecture, number, [...args])).toBe(errno(1))
    const plain = args.map((arg) => arg & ~0o6000)
    expect(run(architecture, number, plain)).toBe(allow)
  })

  it('looks at the mode only where a file is made', () => {
    expect(run('x86_64', 257, [0, 0, 0, 0o4755])).toBe(allow)
  })

  it.each([1, 2, 10, 16])('makes sockets of family %i', (family) => {
    expect(run('x86_64', 41, [family])).toBe(allow)
    expect(run('aarch64', 198, [family])).toBe(allow)
  })

  it.each([17, 38, 40])('makes no sockets of family %i', (family) => {
    expect(run('x86_64', 41, [family])).toBe(errno(97))
    expect(run('aarch64', 198, [family])).toBe(errno(97))
  })

  it('refuses keyrings, extended attributes, bpf and io_uring', () => {
    for (const number of [248, 249, 250, 298, 321, 323])
      expect(run('x86_64', number)).toBe(errno(1))
    for (const number of [188, 189, 190, 463]) expect(run('x86_64', number)).toBe(errno(95))
    for (const number of [425, 426, 427, 437]) expect(run('x86_64', number)).toBe(errno(38))
    for (const number of [217, 218, 219, 241, 280, 282])
      expect(run('aarch64', number)).toBe(errno(1))
    for (const number of [5, 6, 7]) expect(run('aarch64', number)).toBe(errno(95))
  })
})
