import { existsSync } from 'node:fs'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scriptDerivation, seed } from '../testing/nix-expressions'
import { availableLaunchers, startServer, type TestServer } from '../testing/test-server'

let counter = 0

describe.each(availableLaunchers)('inside a build (%s)', (launcher) => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ launchers: [launcher] })
  })
  afterAll(() => server.close())

  /** What a script prints inside. */
  const inside = async (script: string, environment: Record<string, string> = {}) => {
    const drv = scriptDerivation(`inside-${counter++}`, `exec 2>&1; ${script}\necho > $out`, {
      environment,
    })
    const { log, failure } = await server.build(drv)
    expect(failure).toBeNull()
    return log
  }

  it('the builder is nixbld (1000), process 1, without any capability', async () => {
    expect(await inside('id -u; id -g; id -un; echo $$')).toBe('1000\n100\nnixbld\n1\n')
    const status = await inside('cat /proc/self/status')
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, 'm'))
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
  })

  it('there are only its own processes', async () => {
    expect(await inside('ls /proc | grep -c "^[0-9]"')).toMatch(/^[1-4]\n$/)
  })

  it('only the inputs are in the store', async () => {
    expect(await inside('ls -1 /nix/store')).toBe(`${seed.path.slice(11)}\n`)
  })

  it('there is nothing of the host', async () => {
    expect(await inside('ls -1 /')).toBe('bin\nbuild\ndev\netc\nnix\nproc\ntmp\n')
    expect(await inside('ls -1 /bin /etc /build /tmp')).toBe(
      '/bin:\nsh\n\n/build:\n\n/etc:\ngroup\nhosts\npasswd\n\n/tmp:\n',
    )
    expect(await inside('ls -d /root /home /usr /sys /etc/shadow /work 2>&1 | wc -l')).toBe('6\n')
    expect(await inside('cat /proc/cmdline')).toBe('')
  })

  // Bubblewrap cannot hide where on the host the data directory lies.
  it.skipIf(launcher !== 'native')('nothing tells where mounts are from', async () => {
    expect(await inside('cat /proc/self/mountinfo /proc/1/mounts; ls -l /proc/self/cwd')).toMatch(
      /^l.* \/proc\/self\/cwd -> \/build\n$/,
    )
    expect(await inside('cat /proc/self/mountstats /proc/self/cgroup; true')).not.toContain(
      server.dataDirectory,
    )
  })

  it("the kernel's settings cannot be written", async () => {
    const log = await inside(
      'value=$(cat /proc/sys/vm/swappiness); echo $value > /proc/sys/vm/swappiness; true',
    )
    expect(log).toContain('Read-only file system')
  })

  it("the devices are Nix's, and their modes cannot be changed", async () => {
    // Bubblewrap makes a link to /proc/kcore besides, which leads nowhere.
    expect((await inside('ls -1 /dev')).replace('core\n', '')).toBe(
      'fd full null ptmx pts random shm stderr stdin stdout tty urandom zero\n'.replaceAll(
        ' ',
        '\n',
      ),
    )
    expect(await inside('for i in null zero random; do chmod 600 /dev/$i; done')).toBe(
      ['null', 'zero', 'random'].map((n) => `chmod: /dev/${n}: Operation not permitted\n`).join(''),
    )
    expect(await inside('echo x > /dev/null && head -c 2 /dev/zero | od -An -tx1')).toBe(' 00 00\n')
    expect(await inside('echo out > /dev/stdout; echo err > /dev/stderr')).toBe('out\nerr\n')
  })

  it('there is no network, not even the host by its own address', async () => {
    expect(await inside("ip -o link | sed 's/@.*//' | awk '{print $2}'")).toMatch(/^lo:?\n$/)
    expect(await inside('cat /proc/net/route | wc -l')).toBe('1\n')
    const listener = createTcpServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const { port } = listener.address() as AddressInfo
    expect(await inside(`nc -w 2 127.0.0.1 ${port} < /dev/null || echo refused`)).toContain(
      'refused',
    )
    listener.close()
  })

  it('the environment is what Nix gives, and nothing of the server', async () => {
    const env = (await inside('env', { given: 'x' })).trim().split('\n').sort()
    expect(env.filter((line) => !/^(SHLVL|out|name)=/.test(line))).toEqual([
      'HOME=/homeless-shelter',
      'NIX_BUILD_CORES=2',
      'NIX_BUILD_TOP=/build',
      'NIX_LOG_FD=2',
      'NIX_STORE=/nix/store',
      `PATH=${seed.path}/bin`,
      'PWD=/build',
      'TEMP=/build',
      'TEMPDIR=/build',
      'TERM=xterm-256color',
      'TMP=/build',
      'TMPDIR=/build',
      'given=x',
      'system=x86_64-linux',
    ])
    expect(await inside('umask; pwd; hostname')).toBe('0022\n/build\nlocalhost\n')
  })

  it('the builder has the three standard files open and no others', async () => {
    const drv = scriptDerivation(`inside-${counter++}`, '', {
      change: (derivation) => {
        derivation.builder = `${seed.path}/bin/ls`
        derivation.args = ['-l', '--color=never', '/proc/self/fd']
      },
    })
    const { log } = await server.build(drv)
    const files = [...log.matchAll(/ (\d+) -> (.*)$/gm)].map(([, number, file]) => [number, file])
    // A fourth, without a file, is the directory that ls is reading.
    expect(files.map(([number]) => number)).toEqual(['0', '1', '2'])
    expect(files[0]).toEqual(['0', '/dev/null'])
    expect(log.trim().split('\n')).toHaveLength(log.includes('total') ? 6 : 5)
  })

  it('inputs and the rest of the file system cannot be written', async () => {
    const log = await inside(
      `echo x > ${seed.path}/x; echo x > /x; echo x > /etc/x; chmod 700 ${seed.path}; true`,
    )
    expect(log.match(/Read-only file system/g)).toHaveLength(4)
  })

  it('set-user-id files cannot be made', async () => {
    const log = await inside(
      `touch a; chmod 4755 a; chmod 2755 a; cp ${seed.path}/bin/busybox b; chmod u+s b
       install -m 4755 a c; ls -l a b c | cut -c1-10`,
    )
    expect(log.match(/not permitted/g)?.length).toBeGreaterThanOrEqual(3)
    expect(log).not.toMatch(/^-..s|^-.....s/m)
  })

  it('no further user namespaces can be made', async () => {
    expect(await inside('unshare -U true || echo no')).toContain('no\n')
  })

  it('address space layout is not random', async () => {
    const maps = await inside(
      'for i in 1 2; do busybox sh -c "grep stack /proc/self/maps | cut -d- -f1"; done',
    )
    const [first, second] = maps.trim().split('\n')
    expect(first).toBe(second)
  })

  it('nothing outlives the builder', async () => {
    const mark = `survivor-${process.pid}-${Date.now()}`
    await inside(`setsid sh -c 'exec > /dev/null; sleep 300; : ${mark}' & sleep 0.2`)
    const { execFileSync } = await import('node:child_process')
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(mark)
    expect(existsSync('/tmp/survivor')).toBe(false)
  })
})
