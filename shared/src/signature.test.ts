import { execFileSync } from 'node:child_process'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nixVersion, storeEnvironment, withoutNix } from '../../tests/real-nix'
import { parseContentAddress, pathOfContentAddress } from './content-address'
import { secretKeyOf, sign, verify } from './ed25519'
import { readExportStream, writeExportStream, type ExportedPath } from './export-stream'
import { hashBytes } from './hash'
import { formatNarInfo, parseNarInfo } from './narinfo'
import {
  fingerprint,
  formatNamedBytes,
  parsePublicKey,
  parseSecretKey,
  parseSignature,
  publicKeyOf,
  SignatureError,
  signInfo,
  verifySignatures,
  type SignedInfo,
} from './signature'
import { parseStorePath } from './store-path'

const path = (name: string) => `/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-${name}`
const info: SignedInfo = {
  path: path('a'),
  narHash: hashBytes('sha256', 'hello'),
  narSize: 120,
  references: [path('c'), path('b')],
}
const secret = secretKeyOf('test-1', hashBytes('sha256', 'seed'))

describe('signatures', () => {
  it('are of a fingerprint with sorted references', () => {
    expect(fingerprint(info)).toBe(
      `1;${path('a')};sha256:094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic;120;` +
        `${path('b')},${path('c')}`,
    )
    expect(() => fingerprint({ ...info, narSize: 0 })).toThrow('its size is not known')
  })

  it('count where a trusted key made them of this very information', () => {
    const signature = signInfo(info, secret, sign)
    const trusted = [publicKeyOf(secret)]
    const signers = (changed: SignedInfo, signatures: string[], keys = trusted) => [
      ...verifySignatures(changed, signatures, keys, verify),
    ]
    expect(signers(info, [signature])).toEqual(['test-1'])
    expect(signers({ ...info, references: [] }, [signature])).toEqual([])
    expect(signers({ ...info, narSize: 121 }, [signature])).toEqual([])
    expect(signers(info, [signature.replace('test-1', 'test-2')])).toEqual([])
    expect(signers(info, [signature], [])).toEqual([])
    const namesake = publicKeyOf(secretKeyOf('test-1', hashBytes('sha256', 'other')))
    expect(signers(info, [signature], [namesake])).toEqual([])
    expect(signers(info, ['', 'x', 'test-1:', 'test-1:AAAA', 'test-1:!', signature])).toEqual([
      'test-1',
    ])
  })

  it('count for nothing when a bit of them is another', () => {
    const signature = parseSignature(signInfo(info, secret, sign))
    const keys = [publicKeyOf(secret)]
    for (let i = 0; i < 64; i += 7) {
      const bytes = signature.bytes.slice()
      bytes[i]! ^= 1
      const text = formatNamedBytes({ name: 'test-1', bytes })
      expect(verifySignatures(info, [text], keys, verify).size).toBe(0)
    }
  })

  it('and keys are refused where they are malformed; a secret key is not shown', () => {
    expect(() => parseSignature('abc')).toThrow("signature 'abc' is corrupt")
    expect(() => parseSignature(':AAAA')).toThrow(SignatureError)
    expect(() => parsePublicKey('a:AAAA')).toThrow('it has 3 bytes, not 32')
    expect(() => parseSecretKey('a:SECR')).toThrow(/^secret key is not valid: it has 3 bytes/)
    expect(parseSecretKey(formatNamedBytes(secret))).toEqual(secret)
  })
})

describe.skipIf(nixVersion === null)(`what ${nixVersion ?? withoutNix} exchanges`, () => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-exchange-')))
  const env = storeEnvironment(directory)
  const storeDir = env['NIX_STORE_DIR']!
  const cache = join(directory, 'cache')
  afterAll(() => {
    execFileSync('chmod', ['-R', 'u+w', directory])
    rmSync(directory, { recursive: true })
  })
  const run = (command: string, args: string[], input?: Uint8Array) =>
    execFileSync(command, args, { env, input, stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1e8 })
  const nix = (...args: string[]) =>
    run('nix', ['--extra-experimental-features', 'nix-command', ...args])

  const expression =
    'let t = builtins.toFile; in t "c" "${t "a" "1"} ${t "b" "2"} ${./references.ts}"'
  let root = ''
  let closure: string[] = []
  beforeAll(() => {
    const args = ['--eval', '--read-write-mode', '--strict', '--json', '-E', expression]
    const output = execFileSync('nix-instantiate', args, {
      env,
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    root = JSON.parse(output) as string
    closure = run('nix-store', ['-qR', root]).toString().trim().split('\n')
  })

  it('narinfos are read and written byte for byte, and their signatures hold', () => {
    run('nix-store', [
      '--generate-binary-cache-key',
      'k-1',
      join(directory, 'sk'),
      join(directory, 'pk'),
    ])
    const secretKey = parseSecretKey(readFileSync(join(directory, 'sk'), 'utf8').trim())
    const publicKey = parsePublicKey(readFileSync(join(directory, 'pk'), 'utf8').trim())
    expect(publicKeyOf(secretKey)).toEqual(publicKey)
    nix('copy', '--to', `file://${cache}?secret-key=${join(directory, 'sk')}`, root)
    const names = readdirSync(cache).filter((name) => name.endsWith('.narinfo'))
    expect(names).toHaveLength(4)
    for (const name of names) {
      const text = readFileSync(join(cache, name), 'latin1')
      const parsed = parseNarInfo(storeDir, text, name)
      expect(formatNarInfo(parsed)).toBe(text)
      expect([...verifySignatures(parsed, parsed.signatures, [publicKey], verify)]).toEqual(['k-1'])
      expect(signInfo(parsed, secretKey, sign)).toBe(parsed.signatures[0])
      const address = parseContentAddress(parsed.contentAddress!)
      const { name: own } = parseStorePath(storeDir, parsed.path)
      expect(pathOfContentAddress(storeDir, address, own, parsed.references)).toBe(parsed.path)
    }
  })

  it('signatures of ours are accepted', () => {
    const [line] = run('nix-store', ['-q', '--hash', root]).toString().trim().split('\n')
    expect(line).toMatch(/^sha256:/)
    const stream = Uint8Array.from(run('nix-store', ['--export', root]))
    const [exported] = [...readExportStream(storeDir, stream)]
    const { nar, references } = exported!
    const narHash = hashBytes('sha256', nar)
    const signature = signInfo(
      { path: root, narHash, narSize: nar.length, references },
      secret,
      sign,
    )
    const narinfo = parseNarInfo(
      storeDir,
      readFileSync(join(cache, `${parseStorePath(storeDir, root).hashPart}.narinfo`), 'latin1'),
      'narinfo',
    )
    const ours = formatNarInfo({ ...narinfo, contentAddress: null, signatures: [signature] })
    writeFileSync(join(cache, `${parseStorePath(storeDir, root).hashPart}.narinfo`), ours)
    const verifyPath = (key: string) =>
      nix(
        'store',
        'verify',
        '--store',
        `file://${cache}`,
        '--no-contents',
        '--trusted-public-keys',
        key,
        root,
      )
    expect(() => verifyPath(formatNamedBytes(publicKeyOf(secret)))).not.toThrow()
    const stranger = publicKeyOf(secretKeyOf('test-1', hashBytes('sha256', 'stranger')))
    expect(() => verifyPath(formatNamedBytes(stranger))).toThrow('is untrusted')
  })

  it('export streams are read and written byte for byte, and imported from ours', () => {
    const stream = Uint8Array.from(run('nix-store', ['--export', ...closure]))
    const entries = [...readExportStream(storeDir, stream)]
    expect(entries.map((entry) => entry.path).sort()).toEqual([...closure].sort())
    expect(Buffer.compare(writeExportStream(entries), stream)).toBe(0)
    for (const { offset, nar } of entries)
      expect(Buffer.compare(nar, stream.subarray(offset, offset + nar.length))).toBe(0)
    const changed: ExportedPath[] = entries.map((entry) => ({ ...entry, deriver: null }))
    run('nix-store', ['--delete', ...closure])
    const imported = run('nix-store', ['--import'], writeExportStream(changed))
    expect(imported.toString().trim().split('\n')).toEqual(entries.map((entry) => entry.path))
    expect(run('nix-store', ['-qR', root]).toString().trim().split('\n').sort()).toEqual(
      [...closure].sort(),
    )
  })
})
