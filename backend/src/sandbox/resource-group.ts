/** What the processes of one sandbox have used so far. */
export interface Usage {
  cpuSeconds: number
  memoryBytes: number
  processes: number
  /** The kernel refused memory or killed a process for it. */
  memoryExceeded: boolean
  /** The kernel refused to start a process. */
  processesExceeded: boolean
}

/** The processes of one sandbox, counted and (where the kernel helps) limited together. */
export interface ResourceGroup {
  /** Files that take in the process whose number is written to them; `add` does so. */
  readonly processFiles: readonly string[]
  /** Takes in a process; those it starts from then on belong to the group as well. */
  add(pid: number): void
  usage(): Usage
  /** To be called when no process is left. */
  remove(): void
}

/** Makes groups. `name` says how limits are kept, like "cgroup v2". */
export interface ResourceGroups {
  readonly name: string
  create(limits: { memoryBytes: number; processes: number }): ResourceGroup
}
