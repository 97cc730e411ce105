/**
 * Counting a sandbox's processes from /proc, for machines whose control groups cannot be used: the
 * group is the tree of processes below the one that was added (orphans stay in it, because inside
 * they become children of the sandbox's process 1). Nothing is limited by the kernel; whoever asks
 * for the usage stops the sandbox.
 */
import { readdirSync, readFileSync } from 'node:fs'
import type { ResourceGroup, ResourceGroups, Usage } from './resource-group'

/** USER_HZ and the page size are the same on every Linux for x86_64 and nearly every for aarch64. */
const ticksPerSecond = 100
const pageSize = 4096

interface Process {
  parent: number
  cpuTicks: number
  memoryPages: number
}

export const processTrees: ResourceGroups = {
  name: 'process tree',
  create(): ResourceGroup {
    let root: number | null = null
    // CPU time of the dead reaches their parent only when it waits for them; what was seen is kept.
    let cpuSeconds = 0
    return {
      processFiles: [],
      add(pid) {
        root = pid
      },
      usage(): Usage {
        const tree = root === null ? [] : descendants(root)
        const sum = (of: (process: Process) => number) => tree.reduce((n, p) => n + of(p), 0)
        cpuSeconds = Math.max(cpuSeconds, sum((p) => p.cpuTicks) / ticksPerSecond)
        return {
          cpuSeconds,
          memoryBytes: sum((p) => p.memoryPages) * pageSize,
          processes: tree.length,
          memoryExceeded: false,
          processesExceeded: false,
        }
      },
      remove() {},
    }
  },
}

function descendants(root: number): Process[] {
  const children = new Map<number, number[]>()
  const processes = new Map<number, Process>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const process = readProcess(pid)
    if (process === null) continue
    processes.set(pid, process)
    const siblings = children.get(process.parent)
    if (siblings === undefined) children.set(process.parent, [pid])
    else siblings.push(pid)
  }
  const found: Process[] = []
  const pending = [root]
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    const process = processes.get(pid)
    if (process !== undefined) found.push(process)
    pending.push(...(children.get(pid) ?? []))
  }
  return found
}

/** Fields of /proc/PID/stat (proc(5)); null for a process that has gone. */
function readProcess(pid: number): Process | null {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return null
  }
  // The name, field 2, is in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3])
  return {
    parent: field(4),
    cpuTicks: field(14) + field(15) + field(16) + field(17),
    memoryPages: field(24),
  }
}
