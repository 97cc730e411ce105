/** nix.conf, the user's own and NIX_CONFIG: read by all commands, with the words of real Nix. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from './real-nix'

const bin = join(import.meta.dirname, '../backend/bin')
const root = mkdtempSync(join(tmpdir(), 'snowglobe-nix-conf-'))
afterAll(() => rmSync(root, { recursive: true }))

const environment = storeEnvironment(root)
const system = join(root, 'conf/nix.conf')
const own = join(root, 'home/.config/nix/nix.conf')
for (const file of [system, own]) mkdirSync(join(file, '..'), { recursive: true })
writeFileSync(join(root, 'conf/more.conf'), 'more = 1\n')
writeFileSync(join(root, 'one.conf'), 'one = 1\n')
writeFileSync(join(root, 'two.conf'), 'two = 1\n')

const hasStrace = spawnSync('strace', ['-V']).status === 0

const commands: [string, ...string[]][] = [
  ['nix-instantiate', '--eval', '-E', '1'],
  ['nix-store', '--query', '--hash'],
  ['nix-env', '-p', join(root, 'profile'), '--query'],
  ['nix-build', '--dry-run', '-E', '[ ]'],
]

function run(find: (command: string) => string, variables: Record<string, string>) {
  return commands.map(([command, ...args]) => {
    const { status, stdout, stderr } = spawnSync(find(command), args, {
      cwd: root,
      env: { ...environment, ...variables },
      encoding: 'utf8',
    })
    return { command, status, output: stdout, errors: asToday(stderr) }
  })
}

const asToday = (text: string) =>
  text
    .replace(/^warning: the group 'nixbld' .*\n/m, '')
    .replace(
      /illegal configuration line '(.*)' in '(.*)'/,
      `syntax error in configuration line '$1' in "$2"`,
    )
    .replace(/file '(.*)' included from '(.*)' not found/, 'file "$1" included from "$2" not found')

const cases: { name: string; system?: string; own?: string; variables?: Record<string, string> }[] =
  [
    { name: 'is commented', system: 'cores = 3 # three\n\n# no more\nsubstituters =\n' },
    { name: 'has settings that nobody knows', system: 'zulu = 1\nalpha = 2\nextra-cores = 1\n' },
    { name: 'has values that are wrong', system: 'keep-going = perhaps\n' },
    { name: 'has numbers that are none', system: 'cores = many\n' },
    { name: 'has lines that say nothing', system: 'cores\n' },
    { name: 'lacks a blank', system: 'cores= 3\n' },
    { name: 'includes a file', system: 'include more.conf\n' },
    { name: 'includes a file that is not there', system: 'include none.conf\n' },
    { name: 'includes a file if it is there', system: '!include none.conf\n' },
    { name: "is the user's", own: 'mine = 1\n' },
    {
      name: 'lies elsewhere',
      own: 'mine = 1\n',
      variables: { NIX_USER_CONF_FILES: `${root}/one.conf:${root}/none.conf:${root}/two.conf` },
    },
    { name: 'is a variable', variables: { NIX_CONFIG: 'variable = 1\ncores = 2' } },
    { name: 'is a variable that is wrong', variables: { NIX_CONFIG: 'cores' } },
  ]

describe.skipIf(nixVersion === null)(
  nixVersion === null ? withoutNix : 'a configuration that',
  () => {
    it.each(cases)(
      '$name is read as Nix reads it',
      ({ system: text, own: mine, variables = {} }) => {
        writeFileSync(system, text ?? '')
        writeFileSync(own, mine ?? '')
        const ours = run((command) => join(bin, command), variables)
        expect(ours).toEqual(run((command) => command, variables))
      },
    )
  },
)

it('counts for commands, and flags count more', () => {
  writeFileSync(system, 'max-call-depth = 50\n')
  writeFileSync(own, '')
  const nested = 'let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 100'
  const evaluate = (...args: string[]) =>
    spawnSync(join(bin, 'nix-instantiate'), ['--eval', '-E', nested, ...args], {
      env: environment,
      encoding: 'utf8',
    })
  expect(evaluate().stderr).toContain('max-call-depth exceeded')
  expect(evaluate('--max-call-depth', '1000').stdout).toBe('100\n')
})

it.skipIf(!hasStrace)('says whether files are on the disk before they are registered', () => {
  writeFileSync(system, '')
  const synced = (name: string, ...args: string[]) => {
    const trace = join(root, 'trace')
    const added = join(root, name)
    writeFileSync(added, name)
    const { status } = spawnSync(
      'strace',
      [
        '-f',
        '-y',
        '-e',
        'trace=fsync',
        '-o',
        trace,
        join(bin, 'nix-store'),
        '--add',
        added,
        ...args,
      ],
      { env: environment },
    )
    expect(status).toBe(0)
    return new RegExp(`/store/[a-z0-9]+-${name}>`).test(readFileSync(trace, 'utf8'))
  }
  expect(synced('one')).toBe(false)
  expect(synced('two', '--option', 'fsync-store-paths', 'true')).toBe(true)
})
