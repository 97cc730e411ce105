/** Profiles, generations and closures: our commands and real Nix's do, print and leave the same. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  buildSettings,
  canCompareBuilds,
  removeStores,
  storeEnvironment,
  withoutBuilds,
} from './real-nix'

const bin = join(import.meta.dirname, '../backend/bin')

const root = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-nix-env-')))
/** Both work here, one after the other: the same places give the same store paths. */
const place = join(root, 'place')

afterAll(() => removeStores(root))

const settings = buildSettings({
  sandbox: 'false',
  substituters: '',
  'experimental-features': 'nix-command',
})

/** What is done, in order. `env` is nix-env with the profile `mine` and the packages of the fixture. */
const steps: string[][] = [
  ['env', '--install', 'tool', '--dry-run'],
  ['env', '-i', 'tool'],
  ['env', '-i', 'other', 'inner.*'],
  ['env', '-q'],
  ['env', '-q', '--out-path', '--description', 'tool', 'inner'],
  ['env', '-iA', 'old'],
  ['env', '-u', '--dry-run'],
  ['env', '-u'],
  ['env', '-u'],
  ['env', '-iA', 'hidden.found', 'inner.unstable'],
  ['env', '-i', '--preserve-installed', 'tool-1.0'],
  ['env', '--set-flag', 'priority', '7', 'tool-1.0'],
  ['env', '--set-flag', 'keep', 'true', 'other'],
  ['env', '--set-flag', 'keep', 'true', 'nosuch'],
  ['env', '-q', '-s', '-c'],
  ['env', '-qa'],
  ['env', '-qaP', '--system'],
  ['env', '-qas', '-c', '--drv-path'],
  ['env', '-qaA', 'inner', '-P', '--no-name'],
  ['env', '-qa', 'tool'],
  ['env', '-qa', '--json', '--meta', '--out-path'],
  ['env', '-qa', 'to'],
  ['env', '-q', '-P'],
  ['env', '-e', 'tool', 'nosuch'],
  ['env', '-i', '-E', 'packages: packages.new', 'packages: [ packages.inner.unstable ]'],
  ['env', '--rollback'],
  ['env', '--list-generations'],
  ['env', '-G', '99'],
  ['env', '-G', 'x'],
  ['env', '-G', '2'],
  ['env', '--rollback', '--dry-run'],
  ['env', '--delete-generations', '2'],
  ['env', '--delete-generations', '3', '77'],
  ['env', '--delete-generations', '+1'],
  ['env', '--delete-generations', '+'],
  ['env', '--delete-generations', '0d'],
  ['env', '--delete-generations', 'x'],
  ['env', '--delete-generations', '30d'],
  ['env', '--delete-generations', 'old', '--dry-run'],
  ['env', '--delete-generations', '4', '5'],
  // A second user: what the first has is there, and nothing is built again.
  ['nix-env', '-p', 'yours', '-f', 'packages.nix', '-iA', 'new'],
  ['nix-env', '-p', 'yours', '-f', 'packages.nix', '-iA', 'other'],
  ['nix-env', '-p', 'yours', '-q'],
  ['env', '-q'],
  ['nix-env', '-p', 'third', '--from-profile', join(place, 'yours'), '-i', '*'],
  ['nix-env', '-p', 'third', '-f', 'packages.nix', '--set', 'nosuch'],
  ['nix-env', '-p', 'third', '--set', './yours', './mine'],
  ['nix-env', '-p', 'third', '--set', './mine'],
  ['nix-env', '-p', 'third', '-i', './yours'],
  ['nix-env', '-p', 'third', '-q'],
  ['nix-env', '-p', 'third', '-f', 'packages.nix', '-r', '-iA', 'old', 'other'],
  ['nix-env', '-p', 'third', '-e', '*'],
  ['env', '-i', 'nosuch'],
  ['env', '-i', '--bogus'],
  ['env', '-q', '-i'],
  ['env', '-qQkj4', '--quiet', '--impure'],
  ['env', '-q', '--log-format', 'bogus'],
  ['env'],
  ['env', '--rollback', 'x'],
  ['nix-build', 'packages.nix', '-A', 'top', '-A', 'top2', '-A', 'base', '-A', 'program'],
  ['nix-env', '-p', 'closures', '--set', './result'],
  ['nix-env', '-p', 'closures', '--set', './result-2'],
  ['nix-env', '-p', 'closures', '--set', './result-3'],
  ['nix-env', '-p', 'files', '-f', 'packages.nix', '-iA', 'base', 'old'],
  ['nix', 'store', 'diff-closures', './result', './result-2'],
  ['nix', 'store', 'diff-closures', './result-2', './result'],
  ['nix', 'profile', 'diff-closures', '--profile', './closures'],
  ['nix', 'why-depends', './result', './result-3'],
  ['nix', 'why-depends', '--all', './result', './result-3'],
  ['nix', 'why-depends', '--all', '--precise', './result', './result-3'],
  ['nix', 'why-depends', '--precise', './result-4', './result-3'],
  ['nix', 'why-depends', './result-3', './result-4'],
  ['nix', 'why-depends', './result', './result'],
  ['nix', 'why-depends', './result'],
  ['nix', 'path-info', './result', './result-3'],
  ['nix', 'path-info', '-rsS', './result'],
  ['nix', 'path-info', '--sigs', './result-2'],
  ['nix', 'path-info', '--bogus'],
  ['nix', 'store', 'bogus'],
  ['nix', 'bogus'],
  ['nix', '--bogus'],
  ['nix', 'store'],
  ['nix', 'store', '--bogus'],
  ['nix', 'path-info', '--all', '--quiet'],
  ['nix'],
  ['nix-env', '-p', 'state/profiles/shared', '-f', 'packages.nix', '-iA', 'old'],
  ['nix-env', '-p', 'state/profiles/shared', '-f', 'packages.nix', '-iA', 'new', 'other'],
  ['nix-collect-garbage', '--delete-older-than', '3d'],
  ['nix-collect-garbage', '-d'],
  ['nix-env', '-p', 'state/profiles/shared', '--list-generations'],
  ['nix-collect-garbage', '-dQ'],
  ['nix-collect-garbage', '--bogus'],
  ['nix-collect-garbage', 'bogus'],
  ['nix-collect-garbage', '--max-freed', 'x'],
  ['nix-store', '--verify', '--check-contents'],
]

interface Done {
  status: number | null
  output: unknown
  errors: string
  /** Links beside the packages. */
  links: string[]
  /** What the profile says that it has. */
  manifest: string
}

function doAll(find: (command: string) => string): Done[] {
  mkdirSync(place)
  cpSync(join(import.meta.dirname, 'nix-env/packages.nix'), join(place, 'packages.nix'))
  const environment = storeEnvironment(place)
  const done = steps.map(([first = '', ...rest]): Done => {
    const words =
      first === 'env' ? ['nix-env', '-p', 'mine', '-f', 'packages.nix', ...rest] : [first, ...rest]
    const [command = '', ...args] = words
    const { status, stdout, stderr } = spawnSync(find(command), [...settings, ...args], {
      cwd: place,
      env: environment,
      encoding: 'utf8',
    })
    const links = readdirSync(place, { withFileTypes: true })
      .filter((entry) => entry.isSymbolicLink())
      .map((entry) => `${entry.name} -> ${readlinkSync(join(place, entry.name))}`)
    const manifest = join(place, 'mine/manifest.nix')
    return {
      status,
      output: rest.includes('--json') ? (JSON.parse(stdout) as unknown) : withoutTimes(stdout),
      errors: asToday(stderr),
      links,
      manifest: existsSync(manifest) ? readFileSync(manifest, 'utf8') : '',
    }
  })
  removeStores(place)
  return done
}

const withoutTimes = (text: string) =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'then')
    // Today's Nix has other units.
    .replace(/deleted, [\d.]+ [KM]iB freed/, 'deleted')

/** What differs in today's Nix, which is what we follow. */
const asToday = (text: string) =>
  text
    .replace(/(current version of profile) (\S+)'/, '$1 "$2"')
    // It makes an indirect root also of what is a root where it lies.
    .replace(/^removing stale link.*\n/gm, '')
    .replace(/^note: currently hard linking saves.*\n/m, '')
    // Of builds that run at once either may be told first.
    .split('\n')
    .sort()
    .join('\n')

describe.skipIf(!canCompareBuilds)(
  canCompareBuilds ? 'profiles and closures' : withoutBuilds,
  () => {
    const [theirs, mine] = canCompareBuilds
      ? [doAll((command) => command), doAll((command) => join(bin, command))]
      : [[], []]

    it.each(steps.map((words, index) => [words.join(' ').replace(place, '.'), index] as const))(
      '%s',
      (_, index) => {
        expect(mine[index]).toEqual(theirs[index])
      },
    )

    it('let two users install the same, and build it once', () => {
      const step = steps.findIndex(([, ...words]) => words.includes('yours'))
      const { errors } = mine[step] as Done
      expect(errors).toContain("installing 'tool-2.0'")
      expect(errors).not.toMatch(/building '.*tool-2.0.drv'/)
    })
  },
)
