import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { builderGid, builderUid } from './etc-files'
import { deviceNumbers, hiddenProcFiles, sharedMemoryBytes, temporaryBytes } from './kernel-files'
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

const presentHiddenFiles = hiddenProcFiles.filter((name) => existsSync(`/proc/${name}`))

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
  text('--ro-bind', request.shell, '/bin/sh')
  text('--dev', '/dev', '--size', String(sharedMemoryBytes), '--perms', '1777', '--tmpfs')
  text('/dev/shm', '--remount-ro', '/dev')
  if (places.devices !== null)
    for (const node of Object.keys(deviceNumbers))
      text('--dev-bind', `${places.devices}/${node}`, `/dev/${node}`)
  text('--proc', '/proc')
  for (const name of places.readOnlyProc) text('--ro-bind', `/proc/${name}`, `/proc/${name}`)
  for (const file of presentHiddenFiles) text('--ro-bind', places.empty, `/proc/${file}`)
  text('--perms', '1777', '--size', String(temporaryBytes), '--tmpfs', '/tmp')
  // After these, because a store may lie anywhere, also in /tmp.
  text('--bind', places.build, '/build')
  text('--bind', places.store)
  bytes(request.storeDir)
  for (const path of request.inputs) {
    text('--ro-bind', join(request.inputDirectory, basename(path)))
    bytes(path)
  }
  text('--ro-bind', places.etc, '/etc', '--remount-ro', '/')
  text('--chdir', request.directory ?? '/build', '--clearenv')
  for (const [name, value] of request.environment) {
    text('--setenv')
    bytes(name, value)
  }
  return Buffer.concat(args.flatMap((arg) => [arg, Buffer.from([0])]))
}
