/**
 * What commands remember of a launcher in C that has been tried out: as long as all that it depends on is
 * as it was then, another command need not look for a compiler and run a trial builder, which takes longer
 * than many a build.
 */
import { createHash } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Launcher } from './launcher'
import { isOwnProgram, launcherSources, type LauncherBinary } from './launcher-binary'

/** Of Linux and of distributions: whether somebody may make namespaces. */
const kernelSettings = [
  'user/max_user_namespaces',
  'user/max_mnt_namespaces',
  'user/max_pid_namespaces',
  'user/max_net_namespaces',
  'kernel/unprivileged_userns_clone',
  'kernel/apparmor_restrict_unprivileged_userns',
]

const prefix = 'proven-'

export class ProvenLauncher {
  private constructor(
    private readonly directory: string,
    private readonly file: string,
  ) {}

  /** Null where it cannot be told whether the machine has been started anew. */
  static of(binaryDirectory: string, shell: string): ProvenLauncher | null {
    const boot = contents('/proc/sys/kernel/random/boot_id')
    if (boot === '') return null
    const hash = createHash('sha256')
    const facts = [boot, launcherSources(), rights(), ...kernelSettings.map(setting), shell]
    const status = lstatSync(shell, { throwIfNoEntry: false })
    facts.push(`${status?.ino} ${status?.size} ${status?.mtimeMs}`)
    for (const fact of facts) hash.update(`${fact}\0`)
    const file = join(binaryDirectory, prefix + hash.digest('hex').slice(0, 32))
    return new ProvenLauncher(binaryDirectory, file)
  }

  /** What was proven, if it is there still. */
  recall(): LauncherBinary | null {
    if (!isOwnProgram(this.file)) return null
    const [name = '', compiler = ''] = contents(this.file).split('\n')
    const path = join(this.directory, basename(name))
    return isOwnProgram(path) ? { path, compiler } : null
  }

  remember({ path, compiler }: LauncherBinary): void {
    try {
      // Of other starts of the machine: there would be more and more.
      for (const name of readdirSync(this.directory))
        if (name.startsWith(prefix)) rmSync(join(this.directory, name), { force: true })
      writeFileSync(this.file, `${basename(path)}\n${compiler}`, { mode: 0o600 })
    } catch {
      // Then the next command tries it out again.
    }
  }

  private forget(): void {
    rmSync(this.file, { force: true })
  }

  /** The launcher, which is forgotten when it cannot make a sandbox. */
  watch(launcher: Launcher): Launcher {
    const createWorkspace: Launcher['createWorkspace'] = async (slot) => {
      const workspace = await launcher.createWorkspace(slot)
      const launch: typeof workspace.launch = async (request, limits) => {
        try {
          const sandbox = await workspace.launch(request, limits)
          void sandbox.exit.then(({ kind }) => {
            if (kind === 'setup-failed') this.forget()
          })
          return sandbox
        } catch (error) {
          this.forget()
          throw error
        }
      }
      return { ...workspace, launch }
    }
    const { name, details, network, terminals } = launcher
    return { name, details, network, terminals, createWorkspace }
  }
}

function contents(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function setting(name: string): string {
  return contents(`/proc/sys/${name}`)
}

/** Who this process is and what it may do, and in which namespaces. */
function rights(): string {
  const lines = contents('/proc/self/status').split('\n')
  const own = lines.filter((line) => /^(Uid|Gid|Groups|Cap\w+|NoNewPrivs|Seccomp):/.test(line))
  return [...own, namespace('user'), namespace('mnt'), namespace('pid')].join('\n')
}

function namespace(kind: string): string {
  try {
    return readlinkSync(`/proc/self/ns/${kind}`)
  } catch {
    return ''
  }
}
