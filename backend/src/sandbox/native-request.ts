/** What the launcher in C is told: records of NUL-ended strings (backend/launcher/request.c). */
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { builderGid, builderUid, etcFiles } from './etc-files'
import type { ForeignFormat } from './foreign-format'
import {
  builderNiceness,
  deviceNumbers,
  fileSizeSlack,
  hiddenProcFiles,
  sharedMemoryBytes,
  temporaryBytes,
} from './kernel-files'
import type { SandboxRequest } from './launcher'
import type { Limits } from './limits'
import type { WorkDirectories } from './work-directories'

export interface NativeSettings {
  /** An empty directory of this machine. */
  mountPoint: string
  places: Pick<WorkDirectories, 'build' | 'store' | 'user'>
  limits: Limits
  /** Files of control groups that take in a process. */
  groups: readonly string[]
  foreign: ForeignFormat | null
  hidesMounts: boolean
}

/** More are of no use to a builder, and each takes memory of the kernel's. */
const openFiles = 65_536
/**
 * One byte: nothing is written to a file, and a program that the host has for dumps is not run; with
 * 0 it would be (core(5)).
 */
const coreBytes = 1

/** The request as the launcher reads it. Throws an Error where a string holds a NUL. */
export function nativeRequest(request: SandboxRequest, settings: NativeSettings): Buffer {
  const writer = new RecordWriter()
  const { places, limits } = settings
  if (places.user !== null)
    writer.add('outer-user', String(places.user.uid), String(places.user.gid))
  writer.add('inner-user', String(builderUid), String(builderGid))
  writer.add('hostname', 'localhost')
  writer.add('nice', String(builderNiceness))
  writer.add('mount-point', settings.mountPoint)
  writer.add('limit', 'core', String(coreBytes))
  if (Number.isFinite(limits.diskBytes))
    writer.add('limit', 'file-size', String(limits.diskBytes + fileSizeSlack))
  writer.add('limit', 'open-files', String(openFiles))
  // Counted for the whole user: only where the user is the slot's own.
  if (places.user !== null && Number.isFinite(limits.processes))
    writer.add('limit', 'processes', String(limits.processes + 16))
  for (const group of settings.groups) writer.add('group', group)
  if (settings.foreign !== null)
    writer.add('foreign', settings.foreign.registration, settings.foreign.interpreter)
  if (request.network !== undefined)
    writer.add('proxy', request.network.proxySocket, String(request.network.proxyPort))
  if (request.terminal !== undefined) writer.add('interactive')
  if (settings.hidesMounts) writer.add('hide-mounts')
  addFileSystem(writer, request, places)
  writer.add('start-in', request.directory ?? '/build')
  writer.addBytes('program', request.builder)
  // The name by which a builder is called, as Nix has it: its last component.
  writer.addBytes('argument', request.builder.slice(request.builder.lastIndexOf('/') + 1))
  for (const arg of request.args) writer.addBytes('argument', arg)
  for (const [name, value] of request.environment) writer.addBytes('variable', `${name}=${value}`)
  return writer.finish()
}

/** Paths inside have no leading slash. Mounts are made in this order. */
function addFileSystem(
  writer: RecordWriter,
  request: SandboxRequest,
  places: NativeSettings['places'],
): void {
  writer.add('directory', 'bin', '0755')
  writer.add('directory', 'etc', '0755')
  for (const [name, contents] of Object.entries({ ...etcFiles, ...request.etc })) {
    for (let slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1))
      writer.add('directory', `etc/${name.slice(0, slash)}`, '0755')
    writer.add('file', `etc/${name}`, '0444', contents)
  }
  writer.add('read-only', 'bin/sh', request.shell)
  writer.add('directory', 'dev', '0755')
  for (const name of Object.keys(deviceNumbers)) writer.add('device', `dev/${name}`, `/dev/${name}`)
  writer.add('link', 'dev/fd', '/proc/self/fd')
  writer.add('link', 'dev/stdin', 'fd/0')
  writer.add('link', 'dev/stdout', 'fd/1')
  writer.add('link', 'dev/stderr', 'fd/2')
  writer.add('link', 'dev/ptmx', 'pts/ptmx')
  writer.add('terminals', 'dev/pts')
  writer.add('tmpfs', 'dev/shm', '1777', String(sharedMemoryBytes))
  writer.add('proc', 'proc')
  for (const name of ['sys', 'sysrq-trigger', 'irq', 'bus', 'fs'])
    writer.add('protect', `proc/${name}`)
  for (const name of [...hiddenProcFiles, 'acpi', 'scsi']) writer.add('hide', `proc/${name}`)
  writer.add('tmpfs', 'tmp', '1777', String(temporaryBytes))
  // Last, because a store may lie anywhere, also in /tmp.
  writer.add('bind', 'build', places.build)
  const store = request.storeDir.slice(1)
  for (let slash = store.indexOf('/'); slash >= 0; slash = store.indexOf('/', slash + 1))
    writer.addBytes('directory', store.slice(0, slash), '0755')
  writer.addBytes('store', store, utf8ToByteString(places.store))
  const names = request.inputs.map((path) => path.slice(request.storeDir.length + 1))
  writer.addBytes('inputs', utf8ToByteString(request.inputDirectory), names.join('/'))
}

class RecordWriter {
  private readonly strings: ByteString[] = []

  /** Text of ours: paths of this machine, numbers. */
  add(keyword: string, ...args: string[]): void {
    this.addBytes(keyword, ...args.map(utf8ToByteString))
  }

  addBytes(...strings: ByteString[]): void {
    if (strings.some((string) => string.includes('\0')))
      throw new Error('a string for the sandbox holds a NUL')
    this.strings.push(...strings)
  }

  finish(): Buffer {
    const records = Buffer.from([...this.strings, ''].join('\0'), 'latin1')
    const prefix = Buffer.alloc(4)
    prefix.writeUInt32LE(records.length)
    return Buffer.concat([prefix, records])
  }
}
