/** Values as real nix-instantiate prints them. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** More expressions than this are given to several processes, one after the other. */
const batch = 200

/** Runs real Nix in a store of its own, which is removed at the end. */
export class RealNix {
  private readonly directory = mkdtempSync(join(tmpdir(), 'conformance-nix-'))

  /**
   * The value of each expression, or null where its evaluation fails. An expression must print as one
   * line.
   */
  evaluate(expressions: readonly string[], ...flags: string[]): (string | null)[] {
    const values: (string | null)[] = []
    while (values.length < expressions.length) {
      const some = expressions.slice(values.length, values.length + batch)
      const { status, stdout } = this.run([...flags, '--expr', ...some])
      const lines = stdout.split('\n').slice(0, -1)
      values.push(...lines)
      // It stops at the first failure: go on after it.
      if (status !== 0) values.push(null)
      else if (lines.length !== some.length) throw new Error('a value was printed as several lines')
    }
    return values
  }

  /** Writes a file that expressions can import, until the end. Gives its path. */
  keep(name: string, contents: string): string {
    const path = join(this.directory, name)
    writeFileSync(path, contents, 'latin1')
    return path
  }

  private run(args: string[]) {
    const store = ['--store', join(this.directory, 'root'), '--readonly-mode']
    const { status, stdout, error } = spawnSync(
      'nix-instantiate',
      [...store, '--eval', '--strict', '--option', 'system', 'x86_64-linux', ...args],
      {
        encoding: 'latin1',
        maxBuffer: 2 ** 30,
        env: { PATH: process.env.PATH, HOME: this.directory, NIX_CONF_DIR: this.directory },
      },
    )
    if (error !== undefined) throw error
    return { status, stdout }
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}
