/**
 * Control groups (cgroups(7)), version 2 or 1: the kernel limits memory and processes of a sandbox
 * and counts its CPU time.
 */
import { mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processTrees } from './process-tree'
import type { ResourceGroup, ResourceGroups, Usage } from './resource-group'

/** One hierarchy in which groups are made; version 1 has one for each controller. */
interface Directories {
  memory: string
  pids: string
  cpu: string
}

interface Files {
  memoryLimit: string
  /** Memory and swap together (1) or swap alone (2). */
  swapLimit: string
  memoryUsage: string
  memoryEvents: string
  /** In seconds. */
  cpuSeconds: (directory: string) => number
}

const version2: Files = {
  memoryLimit: 'memory.max',
  swapLimit: 'memory.swap.max',
  memoryUsage: 'memory.current',
  memoryEvents: 'memory.events',
  cpuSeconds: (directory) => field(join(directory, 'cpu.stat'), 'usage_usec') / 1e6,
}

const version1: Files = {
  memoryLimit: 'memory.limit_in_bytes',
  swapLimit: 'memory.memsw.limit_in_bytes',
  memoryUsage: 'memory.usage_in_bytes',
  memoryEvents: 'memory.oom_control',
  cpuSeconds: (directory) => number(join(directory, 'cpuacct.usage')) / 1e9,
}

/**
 * The best way of this machine to keep limits: control groups of version 2, of version 1, else
 * counting processes. Tries it out, so that a group can be relied upon.
 */
export function findResourceGroups(mountPoint = '/sys/fs/cgroup'): ResourceGroups {
  for (const find of [findVersion2, findVersion1]) {
    try {
      const groups = find(mountPoint)
      const trial = groups.create({ memoryBytes: 64 * 1024 * 1024, processes: 8 })
      trial.usage()
      trial.remove()
      return groups
    } catch {
      // Not mounted, read-only or not ours: the next way.
    }
  }
  return processTrees
}

function findVersion2(mountPoint: string): ResourceGroups {
  const own = ownGroups().get('') ?? '/'
  // Below our own group where it was handed to us, else (as root) at the top of the tree.
  for (const base of new Set([join(mountPoint, own), mountPoint])) {
    try {
      enableControllers(base)
      const home = join(base, `snowglobe-${process.pid}`)
      makeDirectory(home)
      enableControllers(home)
      return {
        name: 'cgroup v2',
        create: (limits) =>
          createGroup(
            (name) => {
              const directory = join(home, name)
              return { memory: directory, pids: directory, cpu: directory }
            },
            version2,
            limits,
          ),
      }
    } catch {
      // Try the next base.
    }
  }
  throw new Error('control groups of version 2 cannot be used')
}

/** A group may give controllers to its children only if no process is in the group itself. */
function enableControllers(directory: string): void {
  const control = join(directory, 'cgroup.subtree_control')
  const enabled = readFileSync(control, 'utf8').split(/\s+/)
  if (['memory', 'pids'].every((name) => enabled.includes(name))) return
  writeFileSync(control, '+memory +pids')
}

function findVersion1(mountPoint: string): ResourceGroups {
  const own = ownGroups()
  const base = (controller: string) => {
    const path = own.get(controller)
    if (path === undefined) throw new Error(`no control group for ${controller}`)
    return join(mountPoint, controller, path)
  }
  const bases = { memory: base('memory'), pids: base('pids'), cpuacct: base('cpuacct') }
  return {
    name: 'cgroup v1',
    create: (limits) =>
      createGroup(
        (name) => ({
          memory: join(bases.memory, `snowglobe-${process.pid}-${name}`),
          pids: join(bases.pids, `snowglobe-${process.pid}-${name}`),
          cpu: join(bases.cpuacct, `snowglobe-${process.pid}-${name}`),
        }),
        version1,
        limits,
      ),
  }
}

/** This process's groups by controller; '' is version 2. */
function ownGroups(): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n')) {
    const [, controllers = '', path = '/'] = /^\d+:([^:]*):(.*)$/.exec(line) ?? []
    for (const controller of controllers.split(',')) groups.set(controller, path)
  }
  return groups
}

let counter = 0

function createGroup(
  directoriesOf: (name: string) => Directories,
  files: Files,
  limits: { memoryBytes: number; processes: number },
): ResourceGroup {
  const directories = directoriesOf(String(counter++))
  const all = new Set(Object.values(directories) as string[])
  for (const directory of all) makeDirectory(directory)
  writeFileSync(join(directories.memory, files.memoryLimit), String(limits.memoryBytes))
  forbidSwap(join(directories.memory, files.swapLimit), files === version2, limits.memoryBytes)
  writeFileSync(join(directories.pids, 'pids.max'), String(limits.processes))
  const processFiles = [...all].map((directory) => join(directory, 'cgroup.procs'))
  return {
    processFiles,
    add(pid) {
      for (const file of processFiles) writeFileSync(file, String(pid))
    },
    usage(): Usage {
      return {
        cpuSeconds: files.cpuSeconds(directories.cpu),
        memoryBytes: number(join(directories.memory, files.memoryUsage)),
        processes: number(join(directories.pids, 'pids.current')),
        memoryExceeded: field(join(directories.memory, files.memoryEvents), 'oom_kill') > 0,
        processesExceeded: field(join(directories.pids, 'pids.events'), 'max') > 0,
      }
    },
    remove() {
      for (const directory of all) removeGroup(directory)
    },
  }
}

/** Not every kernel accounts for swap. */
function forbidSwap(file: string, alone: boolean, memoryBytes: number): void {
  try {
    writeFileSync(file, alone ? '0' : String(memoryBytes))
  } catch {
    // Then swapped memory does not count.
  }
}

function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true })
}

/** A group whose last process died a moment ago may still be busy; it is left for the next start. */
function removeGroup(directory: string): void {
  try {
    rmdirSync(directory)
  } catch {
    setTimeout(() => {
      try {
        rmdirSync(directory)
      } catch {
        // Removed by removeStaleGroups at the next start.
      }
    }, 500).unref()
  }
}

/**
 * Removes groups that earlier servers left behind (those whose process has gone), and kills whatever
 * is still in them: it belongs to nobody.
 */
export function removeStaleGroups(mountPoint = '/sys/fs/cgroup'): void {
  const own = ownGroups()
  const bases = new Set([
    mountPoint,
    join(mountPoint, own.get('') ?? '/'),
    ...['memory', 'pids', 'cpuacct'].map((c) => join(mountPoint, c, own.get(c) ?? '/')),
  ])
  for (const base of bases) {
    for (const name of listDirectory(base)) {
      const pid = /^snowglobe-(\d+)/.exec(name)?.[1]
      if (pid === undefined || listDirectory(`/proc/${pid}`).length > 0) continue
      for (const child of listDirectory(join(base, name))) {
        killGroup(join(base, name, child))
        removeGroup(join(base, name, child))
      }
      killGroup(join(base, name))
      removeGroup(join(base, name))
    }
  }
}

function killGroup(directory: string): void {
  let processes: string
  try {
    processes = readFileSync(join(directory, 'cgroup.procs'), 'latin1')
  } catch {
    // A file of a group, or a group that has just gone.
    return
  }
  for (const pid of processes.split('\n').map(Number).filter(Boolean)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has gone already.
    }
  }
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function number(file: string): number {
  return Number(readFileSync(file, 'latin1'))
}

/** A number from a file of lines "name number"; 0 if it is not there. */
function field(file: string, name: string): number {
  for (const line of readFileSync(file, 'latin1').split('\n')) {
    const [key, value] = line.split(' ')
    if (key === name) return Number(value)
  }
  return 0
}
