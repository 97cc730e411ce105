/**
 * Programs of another processor, run by QEMU's user mode through a binfmt_misc that belongs to the
 * sandbox alone (Linux 6.7 or newer): the machine itself stays as it is.
 */
import { accessSync, constants } from 'node:fs'

export interface ForeignFormat {
  /** A line for binfmt_misc's `register`, with %s for the interpreter's file name. */
  registration: string
  /** QEMU's program on this machine. */
  interpreter: string
}

/** A system whose programs this machine can run, though they are not its own. */
export interface ForeignSystem {
  system: string
  format: ForeignFormat
}

interface Kind {
  system: string
  /** Of QEMU's programs. */
  names: string[]
  /** The first bytes of an ELF file for it, and which bits of them count. */
  magic: string
  mask: string
}

/** e_ident, e_type (executable or shared) and e_machine, of 64-bit little-endian files. */
const elf = (machine: string) =>
  `\\x7fELF\\x02\\x01\\x01${'\\x00'.repeat(9)}\\x02\\x00\\x${machine}\\x00`
const elfMask = `${'\\xff'.repeat(7)}\\x00${'\\xff'.repeat(8)}\\xfe\\xff\\xff\\xff`

const kinds: Readonly<Record<string, Kind>> = {
  x64: {
    system: 'aarch64-linux',
    names: ['qemu-aarch64-static', 'qemu-aarch64'],
    magic: elf('b7'),
    mask: elfMask,
  },
  arm64: {
    system: 'x86_64-linux',
    names: ['qemu-x86_64-static', 'qemu-x86_64'],
    magic: elf('3e'),
    mask: elfMask,
  },
}

/** The system that QEMU stands in for on this machine, or null where it is not installed. */
export function findForeignSystem(
  directories = ['/usr/bin', '/usr/local/bin'],
): ForeignSystem | null {
  const kind = kinds[process.arch]
  if (kind === undefined) return null
  const interpreter = kind.names
    .flatMap((name) => directories.map((directory) => `${directory}/${name}`))
    .find(isProgram)
  if (interpreter === undefined) return null
  // F: opened now, so that it is not needed inside; P: argv[0] stays what it was.
  const registration = `:snowglobe:M::${kind.magic}:${kind.mask}:%s:FP`
  return { system: kind.system, format: { registration, interpreter } }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
