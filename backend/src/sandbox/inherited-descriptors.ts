import { closeSync, readdirSync, readFileSync } from 'node:fs'

const closeOnExec = 0o2000000

/**
 * Closes what whoever started this process left open, beyond the three standard files: every program
 * that is started from here would get it as well, builders included. What Node opens itself is marked
 * to be closed then, and is left alone.
 */
export function closeInheritedDescriptors(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    if (descriptor <= 2 || name === process.env['NODE_CHANNEL_FD']) continue
    try {
      const info = readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')
      const flags = parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '', 8)
      if ((flags & closeOnExec) === 0) closeSync(descriptor)
    } catch {
      // The one that read the list has gone meanwhile.
    }
  }
}
