/** What a shell does to commands: pipes that are slow or not read, a directory that is gone. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { storeEnvironment } from './real-nix'

const bin = join(import.meta.dirname, '../backend/bin')
const instantiate = join(bin, 'nix-instantiate')
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-commands-')))
const env = storeEnvironment(directory)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('a working directory that is gone', () => {
  it.each(['nix-instantiate', 'nix-env', 'nix-store', 'nix-build', 'nix-collect-garbage', 'nix'])(
    'is told of by %s in a line',
    (command) => {
      const gone = mkdtempSync(join(directory, 'gone-'))
      const file = join(bin, command)
      const { status, stderr } = spawnSync('sh', ['-c', 'rmdir "$PWD"; exec "$0"', file], {
        cwd: gone,
        env,
        encoding: 'utf8',
      })
      const said = stderr.split('\n').filter((line) => !line.startsWith('sh: '))
      expect(said).toEqual([expect.stringContaining('error: '), ''])
      expect(status).toBe(1)
    },
  )
})

describe('pipes', () => {
  const inShell = (script: string) => {
    const { stdout, stderr } = spawnSync('sh', ['-c', script], {
      cwd: directory,
      env,
      encoding: 'utf8',
    })
    return { stdout, stderr }
  }

  it('are waited for where they have nothing to read yet', () => {
    const { stdout, stderr } = inShell(`{ sleep 0.3; echo 1 + 1; } | ${instantiate} --eval -`)
    expect({ stdout, stderr }).toEqual({ stdout: '2\n', stderr: '' })
  })

  it('need not be read to their end', () => {
    const many = "'builtins.genList (n: n) 100000'"
    const { stdout, stderr } = inShell(
      `{ ${instantiate} --eval --strict -E ${many}; echo status $? >&2; } | head -c 5`,
    )
    expect({ stdout, stderr }).toEqual({ stdout: '[ 0 1', stderr: 'status 0\n' })
  })
})
