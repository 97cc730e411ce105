import { readPackHeader, type PackHeader } from '@snowglobe/shared/pack'

/** A pack that is kept, under the last part of its address. */
export interface KeptPack extends PackHeader {
  file: string
  size: number
}

/** Packs kept by this browser. Nothing in it is needed: whatever fails, packs are downloaded again. */
export interface PackCache {
  list(): Promise<KeptPack[]>
  /** A kept pack; its bytes are read when they are asked for. Null if it is not there. */
  get(file: string): Promise<Blob | null>
  /** Keeps a pack and gives it as `get` would. */
  put(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Blob>
  delete(file: string): Promise<void>
}

/** Packs that last as long as the tab. */
export class MemoryPackCache implements PackCache {
  private readonly packs = new Map<string, { blob: Blob; header: PackHeader }>()

  async list(): Promise<KeptPack[]> {
    return [...this.packs].map(([file, { blob, header }]) => ({ ...header, file, size: blob.size }))
  }

  async get(file: string): Promise<Blob | null> {
    return this.packs.get(file)?.blob ?? null
  }

  async put(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
    const blob = new Blob([bytes])
    this.packs.set(file, { blob, header: readPackHeader(bytes) })
    return blob
  }

  async delete(file: string): Promise<void> {
    this.packs.delete(file)
  }
}

/** A pack's header is in its first so many bytes. */
const headerBytes = 64 * 1024 + 20

async function headerOf(blob: Blob): Promise<PackHeader | null> {
  try {
    return readPackHeader(new Uint8Array(await blob.slice(0, headerBytes).arrayBuffer()))
  } catch {
    return null
  }
}

/** Packs in the origin's private file system, for all tabs and later visits. */
export class OpfsPackCache implements PackCache {
  /** What could not be written there. */
  private readonly memory = new MemoryPackCache()

  /** @param directory opens the directory of packs; rejected where the browser has none */
  constructor(private readonly directory: () => Promise<FileSystemDirectoryHandle>) {}

  async list(): Promise<KeptPack[]> {
    const kept = await this.memory.list()
    try {
      for await (const [file, handle] of (await this.directory()).entries()) {
        if (!(handle instanceof FileSystemFileHandle) || !file.endsWith('.pack')) continue
        const blob = await handle.getFile()
        const header = await headerOf(blob)
        // It was written by an older version.
        if (header === null) await this.delete(file)
        else kept.push({ ...header, file, size: blob.size })
      }
    } catch {
      // Without the directory nothing is kept.
    }
    return kept
  }

  async get(file: string): Promise<Blob | null> {
    try {
      return await (await (await this.directory()).getFileHandle(file)).getFile()
    } catch {
      return this.memory.get(file)
    }
  }

  async put(file: string, bytes: Uint8Array<ArrayBuffer>): Promise<Blob> {
    try {
      const handle = await (await this.directory()).getFileHandle(file, { create: true })
      // What is written shows only once it is closed: a tab closed meanwhile leaves no half pack.
      const writable = await handle.createWritable()
      await writable.write(bytes)
      await writable.close()
      return await handle.getFile()
    } catch {
      // No such file system, or no room in it.
      await this.delete(file)
      return this.memory.put(file, bytes)
    }
  }

  async delete(file: string): Promise<void> {
    await this.memory.delete(file)
    try {
      await (await this.directory()).removeEntry(file)
    } catch {
      // It was not there.
    }
  }
}
