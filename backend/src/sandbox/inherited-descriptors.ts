import { closeSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

const closeOnExec = 0o2000000

/**
 * What was open without being marked to be closed in programs that are started, when this module was
 * loaded: by descriptor, where it leads. Node's own threads have such ones open for moments, too.
 */
const early = openDescriptors()

/**
 * Closes what whoever started this process left open, beyond the three standard files: every program
 * that is started from here would get it as well, builders included. What Node opens itself is marked
 * to be closed then, or is gone soon: closed is only what was there both early and now, for the number
 * of one that is gone may be that of something else by now.
 */
export function closeInheritedDescriptors(): void {
  for (const [descriptor, place] of openDescriptors()) {
    if (early.get(descriptor) !== place) continue
    try {
      closeSync(descriptor)
    } catch {
      // It has gone meanwhile.
    }
  }
}

function openDescriptors(): Map<number, string> {
  const found = new Map<number, string>()
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    if (descriptor <= 2 || name === process.env['NODE_CHANNEL_FD']) continue
    try {
      const info = readFileSync(`/proc/self/fdinfo/${name}`, 'utf8')
      const flags = parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '', 8)
      const place = readlinkSync(`/proc/self/fd/${name}`)
      if ((flags & closeOnExec) === 0) found.set(descriptor, place)
    } catch {
      // The one that read the list has gone meanwhile.
    }
  }
  return found
}
