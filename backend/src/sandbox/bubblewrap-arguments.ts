import { existsSync } from 'node:fs'
import type { ByteString } from '@snowglobe/shared/bytes'
import { builderGid, builderUid } from './etc-files'
import type { SandboxRequest } from './launcher'

/** Where on this machine the parts of a sandbox lie. Ordinary text, not byte strings. */
export interface SandboxPlaces {
  build: string
  store: string
  etc: string
  /** An empty file. */
  empty: string
  /** A directory with devices to be used instead of the host's. */
  devices: string | null
  /** Names in /proc that must not be written. */
  readOnlyProc: readonly string[]
}

/** Files of /proc that tell of the host and that no build needs; not every kernel has them all. */
const hiddenProcFiles = ['cmdline', 'config.gz', 'kallsyms', 'keys', 'key-users', 'modules'].filter(
  (name) => existsSync(`/proc/${name}`),
)

/** Major and minor numbers of the character devices that a builder has. */
export const deviceNumbers: Readonly<Record<string, readonly [number, number]>> = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
}

const temporaryBytes = 512 * 1024 * 1024
const sharedMemoryBytes = 512 * 1024 * 1024

/**
 * What bubblewrap is told through `--args`: NUL-separated, so that no value can be too long or be
 * taken for an option. Mounts are made in this order.
 */
export function bubblewrapArguments(
  request: SandboxRequest,
  places: SandboxPlaces,
  descriptors: { seccomp: number; info: number; block: number },
): Uint8Array {
  const args: Uint8Array[] = []
  /** Text of ours: options, and paths of this machine. */
  const text = (...values: string[]) => args.push(...values.map((v) => Buffer.from(v, 'utf8')))
  /** Text of the builder's. */
  const bytes = (...values: ByteString[]) =>
    args.push(...values.map((v) => Buffer.from(v, 'latin1')))

  text('--unshare-user', '--uid', String(builderUid), '--gid', String(builderGid))
  text('--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup')
  text('--disable-userns', '--hostname', 'localhost')
  text('--die-with-parent', '--as-pid-1', '--new-session', '--cap-drop', 'ALL')
  text('--seccomp', String(descriptors.seccomp))
  text('--info-fd', String(descriptors.info), '--block-fd', String(descriptors.block))

  text('--perms', '0750', '--size', String(16 * 1024 * 1024), '--tmpfs', '/')
  text('--perms', '0755', '--dir', '/bin', '--perms', '0755', '--dir', '/nix')
  text('--bind', places.build, '/build')
  text('--bind', places.store)
  bytes(request.storeDir)
  for (const input of request.inputs) {
    text('--ro-bind', input.source)
    bytes(input.path)
  }
  text('--ro-bind', request.shell, '/bin/sh')
  text('--dev', '/dev', '--size', String(sharedMemoryBytes), '--perms', '1777', '--tmpfs')
  text('/dev/shm', '--remount-ro', '/dev')
  if (places.devices !== null)
    for (const node of Object.keys(deviceNumbers))
      text('--dev-bind', `${places.devices}/${node}`, `/dev/${node}`)
  text('--proc', '/proc')
  for (const name of places.readOnlyProc) text('--ro-bind', `/proc/${name}`, `/proc/${name}`)
  for (const file of hiddenProcFiles) text('--ro-bind', places.empty, `/proc/${file}`)
  text('--perms', '1777', '--size', String(temporaryBytes), '--tmpfs', '/tmp')
  text('--ro-bind', places.etc, '/etc', '--remount-ro', '/')
  text('--chdir', '/build', '--clearenv')
  for (const [name, value] of request.environment) {
    text('--setenv')
    bytes(name, value)
  }
  return Buffer.concat(args.flatMap((arg) => [arg, Buffer.from([0])]))
}
