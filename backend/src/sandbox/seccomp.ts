/**
 * The system call filter of a build: a classic BPF program as seccomp(2) takes it.
 *
 * Most system calls are left alone: namespaces take away what they could reach. The filter closes
 * what namespaces leave open. Like Nix's, it makes set-user-id files and extended attributes
 * impossible, which no output may have; and it keeps builds away from parts of the kernel that know
 * no namespaces (keyrings, vsock) or have a long record of holes (io_uring, bpf, userfaultfd).
 */

export type Architecture = 'x86_64' | 'aarch64'

/** A build's processes may create sockets of these families only: a vsock reaches the host. */
const socketFamilies = { unix: 1, inet: 2, inet6: 10, netlink: 16 }

const errno = { EPERM: 1, ENOSYS: 38, ENOTSUP: 95, EAFNOSUPPORT: 97 }

/** Set-user-id and set-group-id. */
const setIdBits = 0o6000
/** O_CREAT, and what O_TMPFILE has beside O_DIRECTORY. */
const openCreates = 0o20000100

/** What happens to a system call. Argument numbers count from 0. */
type Rule =
  | { kind: 'refuse'; errno: number }
  /** EPERM if this argument, a file mode, has a set-id bit. */
  | { kind: 'mode'; argument: number }
  /** Likewise, where the flags in another argument say that a file is made. */
  | { kind: 'open'; flags: number; mode: number }
  | { kind: 'socket' }

interface Platform {
  /** AUDIT_ARCH_…, linux/audit.h */
  audit: number
  /** x86_64 has a second set of numbers (x32) above this bit, which would bypass the filter. */
  foreignNumbers: number | null
  /** Numbers from the kernel's tables (arch/x86/entry/syscalls, include/uapi/asm-generic). */
  rules: [number, Rule][]
}

const refuse = (code: number): Rule => ({ kind: 'refuse', errno: code })
const mode = (argument: number): Rule => ({ kind: 'mode', argument })

/** The calls that have the same number everywhere. */
const commonRules: [number, Rule][] = [
  [425, refuse(errno.ENOSYS)], // io_uring_setup: programs fall back to other calls
  [426, refuse(errno.ENOSYS)], // io_uring_enter
  [427, refuse(errno.ENOSYS)], // io_uring_register
  // Its mode is in memory, where no filter can see it; programs fall back to openat.
  [437, refuse(errno.ENOSYS)], // openat2
  [452, mode(2)], // fchmodat2
  [463, refuse(errno.ENOTSUP)], // setxattrat
]

const platforms: Record<Architecture, Platform> = {
  x86_64: {
    audit: 0xc000003e,
    foreignNumbers: 0x40000000,
    rules: [
      [2, { kind: 'open', flags: 1, mode: 2 }], // open
      [257, { kind: 'open', flags: 2, mode: 3 }], // openat
      [85, mode(1)], // creat
      [133, mode(1)], // mknod
      [259, mode(2)], // mknodat
      [90, mode(1)], // chmod
      [91, mode(1)], // fchmod
      [268, mode(2)], // fchmodat
      [188, refuse(errno.ENOTSUP)], // setxattr
      [189, refuse(errno.ENOTSUP)], // lsetxattr
      [190, refuse(errno.ENOTSUP)], // fsetxattr
      [41, { kind: 'socket' }], // socket
      [248, refuse(errno.EPERM)], // add_key
      [249, refuse(errno.EPERM)], // request_key
      [250, refuse(errno.EPERM)], // keyctl
      [298, refuse(errno.EPERM)], // perf_event_open
      [321, refuse(errno.EPERM)], // bpf
      [323, refuse(errno.EPERM)], // userfaultfd
    ],
  },
  aarch64: {
    audit: 0xc00000b7,
    foreignNumbers: null,
    rules: [
      [56, { kind: 'open', flags: 2, mode: 3 }], // openat
      [33, mode(2)], // mknodat
      [52, mode(1)], // fchmod
      [53, mode(2)], // fchmodat
      [5, refuse(errno.ENOTSUP)], // setxattr
      [6, refuse(errno.ENOTSUP)], // lsetxattr
      [7, refuse(errno.ENOTSUP)], // fsetxattr
      [198, { kind: 'socket' }], // socket
      [217, refuse(errno.EPERM)], // add_key
      [218, refuse(errno.EPERM)], // request_key
      [219, refuse(errno.EPERM)], // keyctl
      [241, refuse(errno.EPERM)], // perf_event_open
      [280, refuse(errno.EPERM)], // bpf
      [282, refuse(errno.EPERM)], // userfaultfd
    ],
  },
}

/** Instruction codes, linux/bpf_common.h. */
const load = 0x20
const jumpIfEqual = 0x15
const jumpIfGreaterOrEqual = 0x35
const jumpIfAnyBit = 0x45
const give = 0x06

/** What a program gives back, linux/seccomp.h. */
const allow = 0x7fff0000
const killProcess = 0x80000000
const giveErrno = 0x00050000

/** Offsets in struct seccomp_data. */
const numberOffset = 0
const architectureOffset = 4
const argumentOffset = (argument: number) => 16 + 8 * argument

/** An instruction; jumps name labels, null goes on with the next instruction. */
interface Instruction {
  code: number
  value: number
  ifTrue?: string | null
  ifFalse?: string | null
}

/** The program for a processor, as bytes of `struct sock_filter`s in its (little-endian) order. */
export function seccompProgram(architecture: Architecture): Uint8Array {
  const platform = platforms[architecture]
  const rules = [...platform.rules, ...commonRules]
  const instructions: Instruction[] = []
  const labels = new Map<string, number>()
  const emit = (...more: Instruction[]) => instructions.push(...more)
  const label = (name: string) => labels.set(name, instructions.length)

  emit({ code: load, value: architectureOffset })
  emit({ code: jumpIfEqual, value: platform.audit, ifFalse: 'kill' })
  emit({ code: load, value: numberOffset })
  if (platform.foreignNumbers !== null)
    emit({
      code: jumpIfGreaterOrEqual,
      value: platform.foreignNumbers,
      ifTrue: errnoLabel(errno.ENOSYS),
    })
  const shapes = new Map<string, Rule>()
  for (const [number, rule] of rules) {
    const name = ruleLabel(rule)
    if (rule.kind !== 'refuse') shapes.set(name, rule)
    emit({ code: jumpIfEqual, value: number, ifTrue: name })
  }
  emit({ code: give, value: allow })
  for (const [name, rule] of shapes) {
    label(name)
    emitRule(rule, emit)
  }
  for (const code of Object.values(errno)) {
    label(errnoLabel(code))
    emit({ code: give, value: giveErrno | code })
  }
  label('kill')
  emit({ code: give, value: killProcess })
  label('allow')
  emit({ code: give, value: allow })
  return assemble(instructions, labels)
}

function emitRule(rule: Rule, emit: (...more: Instruction[]) => void): void {
  const eperm = errnoLabel(errno.EPERM)
  switch (rule.kind) {
    case 'refuse':
      return
    case 'mode':
      emit({ code: load, value: argumentOffset(rule.argument) })
      emit({ code: jumpIfAnyBit, value: setIdBits, ifTrue: eperm, ifFalse: 'allow' })
      return
    case 'open':
      emit({ code: load, value: argumentOffset(rule.flags) })
      emit({ code: jumpIfAnyBit, value: openCreates, ifFalse: 'allow' })
      emit({ code: load, value: argumentOffset(rule.mode) })
      emit({ code: jumpIfAnyBit, value: setIdBits, ifTrue: eperm, ifFalse: 'allow' })
      return
    case 'socket':
      emit({ code: load, value: argumentOffset(0) })
      for (const family of Object.values(socketFamilies))
        emit({ code: jumpIfEqual, value: family, ifTrue: 'allow' })
      emit({ code: give, value: giveErrno | errno.EAFNOSUPPORT })
  }
}

function ruleLabel(rule: Rule): string {
  if (rule.kind === 'refuse') return errnoLabel(rule.errno)
  if (rule.kind === 'mode') return `mode ${rule.argument}`
  if (rule.kind === 'open') return `open ${rule.flags} ${rule.mode}`
  return 'socket'
}

function errnoLabel(code: number): string {
  return `errno ${code}`
}

function assemble(instructions: Instruction[], labels: Map<string, number>): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(instructions.length * 8))
  instructions.forEach((instruction, index) => {
    const distance = (name: string | null | undefined) => {
      if (name === null || name === undefined) return 0
      const target = labels.get(name)
      if (target === undefined) throw new Error(`no label "${name}" in the filter`)
      const steps = target - index - 1
      if (steps < 0 || steps > 255) throw new Error(`the jump to "${name}" is too far: ${steps}`)
      return steps
    }
    bytes.setUint16(index * 8, instruction.code, true)
    bytes.setUint8(index * 8 + 2, distance(instruction.ifTrue))
    bytes.setUint8(index * 8 + 3, distance(instruction.ifFalse))
    bytes.setUint32(index * 8 + 4, instruction.value, true)
  })
  return new Uint8Array(bytes.buffer)
}
