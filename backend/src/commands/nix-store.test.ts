/** Our `nix-store` and Debian's on the same store: what they print, how they end, what they leave. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixStore } from '@snowglobe/worker/commands/nix-store'
import { removeTree } from '../store/remove-tree'
import { hasNix } from '../testing/real-nix'
import { storeSurroundings } from './store-surroundings'

const scratch = mkdtempSync(join(tmpdir(), 'snowglobe-nix-store-'))

afterAll(() => removeTree(scratch))

interface Run {
  status: number | null
  output: string
  errors: string
}

const environment = {
  PATH: process.env.PATH,
  HOME: scratch,
  NIX_CONFIG: [
    'build-users-group =',
    'substituters =',
    'sandbox = true',
    'sandbox-paths = /bin/sh=/bin/busybox',
  ].join('\n'),
}

function real(command: string, args: string[], input: Buffer = Buffer.alloc(0)): Run {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: scratch,
    env: environment,
    input,
    maxBuffer: 2 ** 28,
  })
  return { status, output: stdout.toString('latin1'), errors: stderr.toString() }
}

async function ours(args: string[], input: Buffer = Buffer.alloc(0)): Promise<Run> {
  const written: Record<1 | 2, Buffer[]> = { 1: [], 2: [] }
  const surroundings = storeSurroundings({
    environment,
    workingDirectory: scratch,
    readStandardInput: async () => input,
    write: (descriptor, text) => written[descriptor].push(Buffer.from(text, 'latin1')),
    writeBytes: (bytes) => written[1].push(Buffer.from(bytes)),
  })
  const status = await nixStore(args.map(utf8ToByteString), surroundings)
  return {
    status,
    output: Buffer.concat(written[1]).toString('latin1'),
    errors: Buffer.concat(written[2]).toString(),
  }
}

const program = `
  let
    build = name: script: outputs: derivation {
      inherit name outputs;
      system = "x86_64-linux"; builder = "/bin/sh"; args = [ "-c" script ];
      greeting = "it's \\n me";
    };
    a = build "a" "echo built > $out" [ "out" ];
    b = build "b-1.0" "echo \${a} $out > $out; echo dev > $dev" [ "out" "dev" ];
    c = build "c" "echo \${a} \${b} > $out" [ "out" ];
    unbuilt = build "unbuilt" "echo \${c} > $out" [ "out" ];
  in { inherit a b c unbuilt; }
`

describe.skipIf(!hasNix)('nix-store and real Nix', () => {
  /** The store of questions: nothing in it is changed. */
  const root = join(scratch, 'store')
  let drv: string
  let built: string
  let unbuilt: string
  const absent = `/nix/store/${'a'.repeat(32)}-absent`

  const copies: string[] = []
  /** A store of its own for a test that changes it, for each of the two. */
  const copyStore = () => {
    const copy = join(scratch, `copy-${copies.length}`)
    copies.push(copy)
    cpSync(root, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
    return copy
  }

  beforeAll(() => {
    writeFileSync(join(scratch, 'default.nix'), program)
    const store = ['--store', root]
    built = real('nix-build', [...store, '-A', 'c', '-o', join(scratch, 'result')]).output.trim()
    const derivations = real('nix-instantiate', [...store, '-A', 'c', '-A', 'unbuilt']).output
    ;[drv, unbuilt] = derivations.trim().split('\n') as [string, string]
    real('nix-store', [...store, '--add', join(scratch, 'default.nix')])
    expect(built).toMatch(/^\/nix\/store\/.*-c$/)
  })

  /** What differs in today's Nix, which is what we follow. */
  const today = (run: Run): Run => ({
    status: run.status,
    // What is printed before an error is found has no meaning.
    output: (run.status === 0 ? run.output : '')
      .replace("attr.name='narSize' attr.type='int'", "attr.name='narSize' attr.type='long'")
      .replace(/, [\d.]+ [KM]iB freed/, ', some freed'),
    errors: run.errors
      .replace(
        /use: nix-store --query --roots\n/,
        'use: nix-store --query --roots and nix-store --query --referrers\n',
      )
      .replace(/note: currently hard linking saves.*\n/, '')
      .replace(/^[\d.]+ [KM]iB freed by/m, 'Some freed by'),
  })

  const expectSame = async (args: string[], input?: Buffer) => {
    const all = ['--store', root, ...args]
    expect(today(await ours(all, input))).toEqual(today(real('nix-store', all, input)))
  }

  it.each([
    '--tree',
    '--graph',
    '--graphml',
    '--requisites',
    '--references',
    '--referrers',
    '--referrers-closure',
    '--roots',
    '--hash',
    '--size',
    '--deriver',
    '--outputs',
    '--resolve',
  ])('answer -q %s the same', async (question) => {
    for (const path of [built, drv, unbuilt, join(scratch, 'result')])
      await expectSame(['-q', question, path])
    await expectSame(['-q', question, drv, built])
    if (question !== '--tree') await expectSame(['-q', question, '--use-output', drv])
    await expectSame(['-q', question, absent])
  })

  it('answer other questions the same', async () => {
    await expectSame(['-qR', '--include-outputs', unbuilt])
    await expectSame(['-q', '--binding', 'greeting', drv])
    await expectSame(['-qb', 'greeting', built])
    await expectSame(['-q', '--binding', 'absent', drv])
    await expectSame(['-q', drv])
    await expectSame(['-q', '--size'])
  })

  it('knows the valid derivers of a path, which 2.8 cannot be asked', async () => {
    const { output } = await ours(['--store', root, '-q', '--valid-derivers', built])
    expect(output).toBe(`${drv}\n`)
  })

  it('tell of roots, and of what is live and dead, the same', async () => {
    for (const flag of ['--print-roots', '--print-live', '--print-dead'])
      await expectSame(['--gc', flag])
    for (const setting of ['keep-outputs', 'keep-derivations'])
      for (const value of ['true', 'false'])
        await expectSame(['--gc', '--print-dead', '--option', setting, value])
  })

  it('verify, dump and export the same', async () => {
    await expectSame(['--verify'])
    await expectSame(['--verify', '--check-contents'])
    await expectSame(['--verify-path', built, drv])
    await expectSame(['--dump-db'])
    await expectSame(['--dump-db', built])
    await expectSame(['--dump', join(scratch, 'default.nix')])
    await expectSame(['--dump', root + '/nix/var/nix/gcroots'])
    const closure = real('nix-store', ['--store', root, '-qR', built]).output.trim().split('\n')
    await expectSame(['--export', ...closure])
    await expectSame(['--read-log', absent + '.drv'])
    await expectSame(['--check-validity', built, absent])
    await expectSame(['--check-validity', '--print-invalid', built, absent])
  })

  it('add the same paths', async () => {
    mkdirSync(join(scratch, 'tree/empty'), { recursive: true })
    writeFileSync(join(scratch, 'tree/run'), '#!', { mode: 0o755 })
    symlinkSync('run', join(scratch, 'tree/link'))
    const file = 'default.nix'
    await expectSame(['--add', file, 'tree'])
    await expectSame(['--add', './default.nix', `${file}/`, 'tree/'])
    await expectSame(['--add-fixed', 'sha1', file])
    await expectSame(['--add-fixed', 'sha256', file])
    for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'])
      await expectSame(['--add-fixed', '--recursive', algorithm, 'tree'])
    await expectSame(['--verify', '--check-contents'])
    const hash = '0'.repeat(52)
    await expectSame(['--print-fixed-path', 'sha256', hash, 'name'])
    await expectSame(['--print-fixed-path', '--recursive', 'sha256', hash, 'name'])
  })

  it('understand arguments the same', async () => {
    await expectSame([])
    await expectSame(['--foo'])
    await expectSame(['-q', '--foo', built])
    await expectSame(['-q', '--size', '--hash', built])
    await expectSame(['-q', '--gc'])
    await expectSame(['--gc', '--max-freed'])
    await expectSame(['--gc', 'argument'])
    await expectSame(['--gc', '--foo'])
    await expectSame(['--verify', '--foo'])
    await expectSame(['--verify', 'argument'])
    await expectSame(['--dump'])
    await expectSame(['--export', '--foo'])
    await expectSame(['--print-env'])
    await expectSame(['-q', '--hash', '/etc/passwd'])
    await expectSame(['-q', '--hash', '/nix/store/short'])
  })

  it('takes more arguments from standard input, which 2.8 cannot', async () => {
    const words = Buffer.from(`${built}\n ${drv}`)
    expect((await ours(['--store', root, '-q', '--resolve', '--stdin'], words)).output).toBe(
      `${built}\n${drv}\n`,
    )
  })

  it('realise what is there the same', async () => {
    await expectSame(['-r', built])
    await expectSame(['-r', drv, '--no-gc-warning'])
    await expectSame(['-r', `${drv}!out`])
    for (const link of ['kept', 'kept-2', 'kept-dev']) rmSync(join(scratch, link), { force: true })
    await expectSame(['-r', '--add-root', './tree/../kept', drv, built])
    expect(readlinkSync(join(scratch, 'kept'))).toBe(built)
    await expectSame(['--gc', '--print-roots'])
    writeFileSync(join(scratch, 'taken'), '')
    await expectSame(['-r', '--add-root', 'taken', built])
  })

  describe('on stores of their own', () => {
    /** Runs both, each on its copy, and gives both runs with the copies' names made equal. */
    const both = async (args: string[], input?: Buffer) => {
      const [mine, theirs] = [copyStore(), copyStore()]
      const one = await ours(['--store', mine, ...args], input)
      const other = real('nix-store', ['--store', theirs, ...args], input)
      return { mine, theirs, one: today(one), other: today(other) }
    }
    const listing = (copy: string) => ({
      files: readdirSync(join(copy, 'nix/store')).sort(),
      database: real('nix-store', ['--store', copy, '--dump-db']).output,
    })
    const sorted = ({ status, output, errors }: Run) => ({
      status,
      output,
      errors: errors.split('\n').sort(),
    })

    it('builds what is not there', async () => {
      const copy = copyStore()
      const { status, output, errors } = await ours(['--store', copy, '-r', unbuilt])
      expect({ status, errors }).toMatchObject({ status: 0 })
      expect(output).toMatch(/^\/nix\/store\/[0-9a-z]{32}-unbuilt\n$/)
      const verified = real('nix-store', ['--store', copy, '--verify-path', output.trim()])
      expect(verified.status).toBe(0)
    })

    it('builds damaged outputs again, and says of what nobody has that it cannot', async () => {
      const copy = copyStore()
      const damage = (path: string) => {
        chmodSync(join(copy, path), 0o644)
        writeFileSync(join(copy, path), 'changed')
      }
      damage(built)
      const run = await ours(['--store', copy, '--verify', '--check-contents', '--repair'])
      expect(run.status).toBe(0)
      expect(run.errors).toContain(`path '${built}' was modified!`)
      const verify = () => real('nix-store', ['--store', copy, '--verify', '--check-contents'])
      expect(verify().status).toBe(0)
      damage(built)
      expect((await ours(['--store', copy, '--repair-path', built])).status).toBe(0)
      expect(verify().status).toBe(0)
      damage(drv)
      expect(await ours(['--store', copy, '--repair-path', drv])).toMatchObject({
        status: 1,
        errors: expect.stringContaining(`error: cannot repair path '${drv}'\n`) as string,
      })
    })

    it('collect the same garbage', async () => {
      const { mine, theirs, one, other } = await both(['--gc'])
      expect(sorted(one)).toEqual(sorted(other))
      expect(listing(mine)).toEqual(listing(theirs))
      expect(real('nix-store', ['--store', mine, '--verify', '--check-contents']).status).toBe(0)
    })

    it('delete the same paths, or refuse to', async () => {
      const [source] = readdirSync(join(root, 'nix/store')).filter((n) => n.endsWith('default.nix'))
      const path = `/nix/store/${source}`
      for (const args of [[path], [built], ['--ignore-liveness', built], [unbuilt], [absent]]) {
        const { mine, theirs, one, other } = await both(['--delete', ...args])
        expect(sorted(one)).toEqual(sorted(other))
        expect(listing(mine)).toEqual(listing(theirs))
      }
    })

    it('find the same damage', async () => {
      const results = await Promise.all(
        [copyStore(), copyStore()].map(async (copy, i) => {
          const file = join(copy, built)
          chmodSync(file, 0o644)
          writeFileSync(file, 'changed')
          rmSync(join(copy, unbuilt), { force: true })
          const run = async (args: string[]) => {
            const all = ['--store', copy, ...args]
            return i === 0 ? ours(all) : real('nix-store', all)
          }
          return [
            await run(['--verify-path', built]),
            await run(['--verify', '--check-contents']),
            await run(['--verify', '--check-contents']),
          ].map(today)
        }),
      )
      expect(results[0]).toEqual(results[1])
    })

    it('optimise alike: each finds what the other has linked', async () => {
      const big = join(scratch, 'big')
      mkdirSync(big, { recursive: true })
      for (const name of ['one', 'two', 'three']) writeFileSync(join(big, name), 'x'.repeat(9000))
      const [mine, theirs] = [copyStore(), copyStore()]
      for (const copy of [mine, theirs]) real('nix-store', ['--store', copy, '--add', big])
      const args = (copy: string) => ['--store', copy, '--optimise']
      const one = today(await ours(args(mine)))
      expect(one).toEqual(today(real('nix-store', args(theirs))))
      expect(readdirSync(join(mine, 'nix/store/.links')).sort()).toEqual(
        readdirSync(join(theirs, 'nix/store/.links')).sort(),
      )
      expect(today(real('nix-store', args(mine))).errors).toContain('by hard-linking 0 files')
      expect((await ours(args(theirs))).errors).toContain('by hard-linking 0 files')
      const verify = ['--store', mine, '--verify', '--check-contents']
      expect(real('nix-store', verify).status).toBe(0)
      expect(today(await ours(verify))).toEqual(today(real('nix-store', verify)))
    })

    it('import what the other exports', async () => {
      const closure = real('nix-store', ['--store', root, '-qR', built]).output.trim().split('\n')
      const exported = await ours(['--store', root, '--export', ...closure])
      const stream = Buffer.from(exported.output, 'latin1')
      const [mine, theirs] = [join(scratch, 'import-1'), join(scratch, 'import-2')]
      const one = await ours(['--store', mine, '--import'], stream)
      expect(one).toEqual(real('nix-store', ['--store', theirs, '--import'], stream))
      expect(listing(mine)).toEqual(listing(theirs))
    })

    it('register what lies in the store directory, and load what was dumped', async () => {
      const dumped = Buffer.from(real('nix-store', ['--store', root, '--dump-db']).output)
      const { mine, theirs, one, other } = await both(['--load-db'], dumped)
      expect(one).toEqual(other)
      expect(listing(mine)).toEqual(listing(theirs))
      const copy = copyStore()
      const name = `${'b'.repeat(32)}-unregistered`
      writeFileSync(join(copy, 'nix/store', name), 'x', { mode: 0o600 })
      const registration = Buffer.from(`/nix/store/${name}\n\n1\n${built}\n`)
      const run = await ours(['--store', copy, '--register-validity'], registration)
      expect(run).toEqual({ status: 0, output: '', errors: '' })
      expect(statSync(join(copy, 'nix/store', name)).mode & 0o777).toBe(0o444)
      expect(real('nix-store', ['--store', copy, '--verify', '--check-contents']).status).toBe(0)
    })

    it('restore the same files', async () => {
      const tree = join(scratch, 'restored-tree')
      mkdirSync(tree)
      writeFileSync(join(tree, 'run'), '#!', { mode: 0o755 })
      symlinkSync('nowhere', join(tree, 'link'))
      const archive = Buffer.from((await ours(['--dump', tree])).output, 'latin1')
      const one = join(scratch, 'restored-1')
      const two = join(scratch, 'restored-2')
      expect(await ours(['--restore', one], archive)).toEqual(
        real('nix-store', ['--restore', two], archive),
      )
      expect(statSync(join(one, 'run')).mode).toBe(statSync(join(two, 'run')).mode)
      expect(readlinkSync(join(one, 'link'))).toBe('nowhere')
    })

    it('make keys that the other signs with', async () => {
      const files = [join(scratch, 'secret'), join(scratch, 'public')]
      const args = ['--generate-binary-cache-key', 'key-1', ...files]
      expect(await ours(args)).toEqual({ status: 0, output: '', errors: '' })
      expect(statSync(files[0]!).mode & 0o777).toBe(0o600)
      const copy = copyStore()
      const nix = (...args: string[]) =>
        real('nix', ['--experimental-features', 'nix-command', '--store', copy, ...args])
      expect(nix('store', 'sign', '--key-file', files[0]!, built).status).toBe(0)
      const key = readFileSync(files[1]!, 'utf8')
      const verified = nix('store', 'verify', '--trusted-public-keys', key, built)
      expect(verified.status).toBe(0)
    })

    it('keep what a root outside the store leads to, until it is gone', async () => {
      const copy = copyStore()
      const link = join(scratch, 'mine')
      await ours(['--store', copy, '-r', '--add-root', link, '--no-gc-warning', built])
      const roots = () => real('nix-store', ['--store', copy, '--gc', '--print-roots']).output
      expect(roots()).toContain(`${link} -> ${built}\n`)
      rmSync(link)
      const { output, errors } = await ours(['--store', copy, '--gc', '--print-roots'])
      expect(output).not.toContain(link)
      expect(errors).toMatch(/removing stale link from '.*' to '.*mine'/)
      expect(roots()).not.toContain(link)
      expect(existsSync(join(copy, built))).toBe(true)
    })
  })
})
