/** nix-build takes the arguments of real Nix's, and gives its outputs, words, links and statuses. */
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import {
  buildSettings,
  busybox,
  canCompareBuilds,
  nixVersion,
  removeStores,
  withoutBuilds,
} from './real-nix'

const ours = join(import.meta.dirname, '../backend/bin/nix-build')

const programs =
  'awk cat cp echo env grep head hostname id ln ls mkdir printf readlink sed sh sleep sort stat test touch tr uname'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-nix-build-')))
afterAll(() => removeStores(root))

const source = join(root, 'source')
if (canCompareBuilds) {
  cpSync(join(import.meta.dirname, 'nix-build'), source, { recursive: true })
  mkdirSync(join(source, 'programs/bin'), { recursive: true })
  copyFileSync(busybox, join(source, 'programs/bin/busybox'))
  chmodSync(join(source, 'programs/bin/busybox'), 0o755)
  for (const name of programs.split(' ')) symlinkSync('busybox', join(source, 'programs/bin', name))
}

const settings = buildSettings({
  substituters: '',
  'experimental-features': 'ca-derivations impure-derivations',
})

interface Result {
  status: number | null
  output: string[]
  errors: string[]
  /** Links that were made, with where they lead. */
  links: string[]
}

/** Runs one of the two in an empty directory of its own, with a store of its own. */
function run(command: string, name: string, args: string[]): Result {
  const cwd = mkdtempSync(join(root, `${name}-`))
  const store = join(root, `${name}.store`)
  const { status, stdout, stderr } = spawnSync(
    command,
    ['--store', store, ...settings, ...args, ...(args.includes('-E') ? [] : [source])],
    {
      cwd,
      env: { ...process.env, HOME: root, NIX_CONF_DIR: root, SET: 'value' },
      encoding: 'utf8',
    },
  )
  const links = readdirSync(cwd, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => `${entry.name} -> ${readlinkSync(join(cwd, entry.name))}`)
  return {
    status,
    output: stdout.split('\n').filter(Boolean),
    errors: stderr
      // Nix 2.8 names places in its own sandbox, and in a store of another root; we name store paths.
      .replaceAll(/[^' ]*\.drv\.chroot/g, '')
      .replaceAll(store, '')
      .replaceAll(/^warning: the group 'nixbld'.*\n/gm, '')
      .replaceAll(/\x1b\[[0-9;]*m/g, '')
      .split('\n'),
    links: links.sort(),
  }
}

/** What real Nix finds in a store: facts on paths. */
function query(name: string, ...args: string[]): string {
  const store = join(root, `${name}.store`)
  const env = { ...process.env, NIX_CONF_DIR: root }
  const { stdout } = spawnSync('nix-store', ['--store', store, ...args], { env, encoding: 'utf8' })
  return stdout
}

function compare(args: string[]): Result {
  const theirs = run('nix-build', 'theirs', args)
  const result = run(ours, 'ours', args)
  expect(result).toEqual(theirs)
  for (const path of result.output) {
    const facts = (name: string) =>
      ['--hash', '--size', '--references', '--deriver'].map((what) => query(name, '-q', what, path))
    if (JSON.stringify(facts('ours')) !== JSON.stringify(facts('theirs')))
      // A difference in text says more than one in hashes.
      expect(contents('ours', path)).toBe(contents('theirs', path))
    expect(facts('ours')).toEqual(facts('theirs'))
  }
  return result
}

function contents(name: string, path: string): string {
  const script = 'find "$1" -type f | sort | xargs -r tail -n +1'
  const tree = join(root, `${name}.store`)
  const { stdout } = spawnSync('sh', ['-c', script, '-', tree + path], { encoding: 'utf8' })
  return stdout.replaceAll(tree, '')
}

/** Of internal-json what does not depend on how things are asked and counted on the way. */
function activities(lines: readonly string[]): string[] {
  const [build, logLine, phase] = [105, 101, 104]
  /** Names of builds by their numbers. */
  const names = new Map<unknown, string>()
  return lines.flatMap((line) => {
    if (!line.startsWith('@nix ')) return []
    const said = JSON.parse(line.slice(5)) as Record<string, unknown>
    const { action, id, type, text, msg, level } = said
    const fields = JSON.stringify(said.fields)
    if (action === 'msg') {
      // Colours are for people.
      const plain = String(msg).replaceAll(/\x1b\[[0-9;]*m/g, '')
      return plain.startsWith('warning') ? [] : `${String(level)} ${plain}`
    }
    if (action === 'start' && type === build) {
      names.set(id, String(text))
      return `${String(text)} ${fields}`
    }
    const name = names.get(id)
    if (name === undefined) return []
    if (action === 'stop') return `${name} ends`
    return type === logLine || type === phase ? `${name}: ${String(type)} ${fields}` : []
  })
}

describe.skipIf(!canCompareBuilds)(
  `nix-build, as ${canCompareBuilds ? nixVersion : withoutBuilds} does it`,
  () => {
    it.each([
      ['builds', '-A ok', 0],
      ['finds what it has built', '-A ok', 0],
      ['builds inputs first', '-A dependent', 0],
      ['hides what builders print', '-Q -A outputs', 0],
      ['takes the first output', '-A outputs', 0],
      ['takes another output', '-A outputs.doc', 0],
      ['links to each of several', '-A list', 0],
      ['numbers links by derivation', '-A outputs.doc -A ok -A outputs.dev', 0],
      ['looks into sets that want it', '-A nested', 0],
      ['selects in lists', '-A list.1', 0],
      ['calls functions', '-A function', 0],
      ['gives arguments', '-A function --argstr text y', 0],
      ['links as it is told', '-A ok -o other', 0],
      ['makes no links', '-A ok --no-out-link', 0],
      ['links in the place of nothing but a link', '-A ok -o /', 1],
      ['does not link in the store', '-A ok -o /nix/store/result', 1],
      ['evaluates expressions', '-E 1', 1],
      ['finds no such attribute', '-A nothing', 1],
      ['shows what it would do', '--dry-run -A needsTwoFailing', 0],
      ['says that a builder failed', '-A failing', 100],
      ['shows its last lines where its output was hidden', '-A failing -Q', 100],
      ['says that an input failed', '-A needsFailing', 100],
      ['stops at the first failure', '-A twoFailing', 100],
      ['goes on', '-A twoFailing -k', 100],
      ['counts inputs that failed', '-A needsTwoFailing -k', 100],
      ['shows lines as a terminal would', '-A carriageReturns', 100],
      ['shows last lines as a terminal would', '-A carriageReturns -Q', 100],
      ['hides phases', '-A phases', 100],
      ['refuses other systems', '-A illegalSystem', 1],
      ['refuses features that it lacks', '-A features', 1],
      ['ends what takes too long', '-A endless --timeout 1', 101],
      ['ends what says nothing', '-A endless --max-silent-time 1', 101],
      ['starts nothing without jobs', '-A cycle -j0', 1],
      ['builds in the sandbox only', '-A withoutSandbox', 1],
      ['refuses cycles', '-A cycle', 1],
      ['refuses another hash', '-A flatMismatch', 102],
      ['refuses another hash of a directory', '-A recursiveMismatch', 102],
      ['checks MD5', '-A md5', 0],
      ['checks SHA-1', '-A sha1', 0],
      ['takes SRI hashes', '-A sri', 0],
      ['uses fixed outputs', '-A needsFixed', 0],
      ['passes variables to fixed outputs', '-A impureVariables', 0],
      ['allows references', '-A allowed', 0],
      ['refuses references', '-A notAllowed', 1],
      ['refuses references to itself', '-A itselfNotAllowed', 1],
      ['does not count requisites that are itself', '-A itselfAllowed', 0],
      ['refuses requisites', '-A requisiteNotAllowed', 1],
      ['refuses disallowed requisites', '-A disallowed', 1],
      ['refuses specifiers that are none', '-A illegalSpecifier', 1],
      ['refuses what is too large', '-A tooLarge', 1],
      ['refuses closures that are too large', '-A closureTooLarge', 1],
      ['checks each output by itself', '-A checkedByOutput', 1],
      ['exports references', '-A graph', 0],
      ['exports the outputs of derivations', '-A graphOfDerivation', 0],
      ['refuses names without paths', '-A oddGraph', 100],
      ['exports references in JSON', '-A structuredGraph', 0],
      ['builds content-addressed outputs', '-A floating', 0],
      ['rewrites references among outputs', '-A floatingOutputs', 0],
      ['addresses flat files by content', '-A floatingFlat', 0],
      ['resolves derivations', '-A deferred', 0],
      ['builds again what has other inputs', '-A sameFloating', 0],
      ['makes user environments', '-A userEnvironment', 0],
      ['builds what evaluation reads', '-A fromDerivation', 0],
      ['builds again to compare', '-A dependent --check', 0],
      ['has nothing to compare with', '-A failing --check', 1],
      ['gives builders the environment that Nix gives', '-A environment.plain', 0],
      ['gives fixed outputs their environment', '-A environment.fixed', 1],
    ])('%s: %s', (_, args, status) => {
      expect(compare(args.split(' ')).status).toBe(status)
    })

    it.each(['-A phases', '-A needsTwoFailing -k', '-A forPrograms'])(
      'tells programs what it does: %s',
      (args) => {
        const format = ['--log-format', 'internal-json', ...args.split(' ')]
        const [theirs, result] = [run('nix-build', 'theirs', format), run(ours, 'ours', format)]
        expect(activities(result.errors)).toEqual(activities(theirs.errors))
      },
    )

    it('cuts off early what comes to the same', () => {
      for (const name of ['deferred', 'sameFloating']) run(ours, 'ours', ['-A', name])
      const args = ['-A', 'deferredSame']
      const { output, errors } = run(ours, 'ours', args)
      expect(output).toEqual(run('nix-build', 'theirs', args).output)
      expect(errors.filter((line) => line.startsWith('building'))).toEqual([])
    })
  },
)

/** Where we do otherwise than Nix 2.8, or where it cannot be compared. */
describe.skipIf(!existsSync(busybox))('nix-build', () => {
  const inline = (name: string, script: string, more = '') =>
    `derivation { name = "${name}"; system = builtins.currentSystem; builder = "/bin/sh"; ` +
    `args = [ "-c" ${JSON.stringify(script)} ]; ${more} }`
  const build = (expression: string, ...args: string[]) =>
    run(ours, 'ours', [...args, '-E', expression])

  it('names the output that is missing by its store path', () => {
    const { status, errors } = build(inline('missing', 'echo > $dev', 'outputs = ["dev" "out"];'))
    expect(status).toBe(1)
    expect(errors.at(-2)).toMatch(
      /^error: builder for '\/nix\/store\/\w{32}-missing\.drv' failed to produce output path for output 'out' at '\/nix\/store\/\w{32}-missing'$/,
    )
  })

  it('says which files a second build made otherwise', () => {
    const script = 'read x < /proc/sys/kernel/random/uuid; echo start $x > $out'
    const expression = inline('random', script)
    const { output } = build(expression)
    const { status, errors } = build(expression, '--check')
    expect(status).toBe(104)
    expect(errors.at(-2)).toMatch(/may not be deterministic: output '.*-random' differs$/)

    const kept = build(expression, '--check', '--keep-failed')
    const path = output[0] ?? ''
    const [made, again] = [path, `${path}.check`].map((at) =>
      readFileSync(join(root, 'ours.store', at)),
    )
    // Where the second one differs is left to chance.
    const place = made?.findIndex((byte, at) => byte !== again?.[at])
    expect(place).toBeGreaterThanOrEqual('start '.length)
    expect(kept.errors).toContain(`  ${path}: differs from byte ${place} on`)
    expect(kept.errors.at(-2)).toMatch(/differs from '.*-random\.check'$/)
    const [, left] = /keeping build directory '(.*)'/.exec(kept.errors.join('\n')) ?? []
    spawnSync('rm', ['-rf', left ?? ''])
  })

  it('keeps the build directory of what failed', () => {
    const expression = inline('kept', 'echo something > left; exit 1')
    const { errors } = build(expression, '-K')
    const [, place] = /keeping build directory '(.*)'/.exec(errors.join('\n')) ?? []
    expect(readdirSync(place ?? '')).toEqual(['left'])
    spawnSync('rm', ['-rf', place ?? ''])
  })

  it('builds impure derivations again and again', () => {
    const script = 'read x < /proc/sys/kernel/random/uuid; echo $x > $out'
    const impure = inline('impure', script, '__impure = true;')
    const [first, second] = [build(impure), build(impure)]
    expect([first.status, second.status]).toEqual([0, 0])
    expect(first.output).not.toEqual(second.output)
  })

  it('builds without a sandbox where it is told to', () => {
    const directory = join(root, 'plain')
    mkdirSync(directory)
    const env = {
      ...process.env,
      NIX_STORE_DIR: join(directory, 'store'),
      NIX_STATE_DIR: join(directory, 'state'),
      NIX_LOG_DIR: join(directory, 'log'),
    }
    writeFileSync(join(directory, 'seen'), 'from outside\n')
    const expression = inline(
      'open',
      `read x < ${directory}/seen || exit 1; echo $x in $NIX_BUILD_TOP > $out`,
    )
    const args = ['--option', 'substituters', '', '--option', 'sandbox']
    const start = (sandbox: string) =>
      spawnSync(ours, [...args, sandbox, '-E', expression], {
        cwd: directory,
        env,
        encoding: 'utf8',
      })
    expect(start('true').status).toBe(100)
    const { status, stdout } = start('false')
    expect(status).toBe(0)
    const { stdout: written } = spawnSync('cat', [stdout.trim()], { encoding: 'utf8' })
    expect(written).toMatch(/^from outside in \/.*nix-build-/)
    expect(start('false').stdout).toBe(stdout)
    expect(
      spawnSync(ours, [...args, 'false', '--check', '-E', expression], { cwd: directory, env })
        .status,
    ).toBe(104)
  })

  it.skipIf(nixVersion === null)('waits for a real Nix that builds the same', async () => {
    const script =
      'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; read x < /proc/sys/kernel/random/uuid; echo $x > $out'
    const start = (command: string) => {
      const args = ['--store', join(root, 'ours.store'), ...settings, '--no-out-link']
      const env = { ...process.env, HOME: root, NIX_CONF_DIR: root }
      const child = spawn(command, [...args, '-E', inline('slow', script)], { env })
      const errors = text(child.stderr)
      return Promise.all([text(child.stdout), errors])
    }
    const theirs = start('nix-build')
    await setTimeout(300)
    const [[output], [theirOutput]] = await Promise.all([start(ours), theirs])
    expect(output).toMatch(/-slow\n$/)
    expect(theirOutput).toBe(output)
    // One of them has built it; two builds would not have given the same.
    expect(build(inline('slow', script)).errors).toEqual([''])
    expect(query('ours', '--verify-path', output.trim())).toBe('')
  })

  it('writes logs where Nix looks for them', () => {
    const script = 'i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i + 1)); done; echo > $out'
    for (const [name, line] of Object.entries({
      long: script,
      short: 'echo line 999; echo > $out',
    })) {
      const { errors } = build(inline(`${name}-log`, line))
      const [, derivation] = /building '(.*)'\.\.\./.exec(errors.join('\n')) ?? []
      expect(query('ours', '-l', derivation ?? '')).toMatch(/line 999\n$/)
    }
  })
})
