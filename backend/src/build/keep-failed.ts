import { chown, cp, lstat, mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Copies the build directory of a failed build to where its author finds it, as Nix names it, and
 * gives it to whoever runs this process. Gives the place.
 */
export async function keepBuildDirectory(directory: string, name: string): Promise<string> {
  const base = join(tmpdir(), `nix-build-${Buffer.from(name, 'latin1').toString()}.drv-`)
  for (let number = 0; ; number++) {
    const target = `${base}${number}`
    try {
      await mkdir(target, { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw error
    }
    // Pipes and devices are not of interest, and cannot be copied.
    const filter = async (source: string) => {
      const status = await lstat(source)
      return status.isFile() || status.isDirectory() || status.isSymbolicLink()
    }
    for (const entry of await readdir(directory))
      await cp(join(directory, entry), join(target, entry), {
        recursive: true,
        verbatimSymlinks: true,
        filter,
      })
    await chown(target, process.getuid?.() ?? 0, process.getgid?.() ?? 0)
    return target
  }
}
