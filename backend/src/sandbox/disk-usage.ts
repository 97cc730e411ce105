import { lstat, opendir } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes on disk below a directory; stops counting once past `enough`. Files may vanish meanwhile. */
export async function diskUsage(directory: string, enough: number): Promise<number> {
  let bytes = 0
  const pending = [directory]
  for (let next = pending.pop(); next !== undefined && bytes <= enough; next = pending.pop()) {
    try {
      for await (const entry of await opendir(next)) {
        const path = join(next, entry.name)
        const status = await lstat(path).catch(() => null)
        // Gone meanwhile. What stays counts, however many others come and go.
        if (status === null) continue
        bytes += Math.max(512, status.blocks * 512)
        if (status.isDirectory()) pending.push(path)
        if (bytes > enough) break
      }
    } catch {
      // Gone, or closed to us: an ordinary user cannot look into it, and the file size limit holds.
    }
  }
  return bytes
}
