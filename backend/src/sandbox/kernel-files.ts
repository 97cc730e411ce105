/** What every sandbox has of /dev and /proc, whichever launcher makes it. */

/** Devices that a builder has, with their numbers: character devices. */
export const deviceNumbers: Readonly<Record<string, readonly [number, number]>> = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  tty: [5, 0],
}

/** Files of /proc that tell of the host and that no build needs; not every kernel has them all. */
export const hiddenProcFiles = [
  'cmdline',
  'config.gz',
  'kallsyms',
  'kcore',
  'keys',
  'key-users',
  'modules',
  'sched_debug',
  'timer_list',
]

export const temporaryBytes = 512 * 1024 * 1024
export const sharedMemoryBytes = 512 * 1024 * 1024

/** A file may become a little larger than the limit on disk, so that it is seen to be too large. */
export const fileSizeSlack = 1024 * 1024

/** The server must be able to stop a build, however busy that keeps the machine. */
export const builderNiceness = 5
