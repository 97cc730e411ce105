import type { ResourceGroups } from './resource-group'

/** For builds without limits: nothing is counted. */
export const unlimitedGroups: ResourceGroups = {
  name: 'nothing',
  create: () => ({
    processFiles: [],
    add: () => {},
    usage: () => ({
      cpuSeconds: 0,
      memoryBytes: 0,
      processes: 0,
      memoryExceeded: false,
      processesExceeded: false,
    }),
    remove: () => {},
  }),
}
