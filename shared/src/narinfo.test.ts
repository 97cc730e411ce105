import { describe, expect, it } from 'vitest'
import { hashBytes } from './hash'
import { formatNarInfo, NarInfoError, parseNarInfo, type NarInfo } from './narinfo'

const base = 'yv0r4nsc6i1gpdqv3p218cap21b22lrc-a'
const digest = '094qif9n4cq4fdg459qzbhg1c6wywawwaaivx0k0x8xhbyx4vwic'
const signature = `k:${'A'.repeat(86)}==`
const text = `StorePath: /nix/store/${base}
URL: nar/x.nar.xz
Compression: xz
FileHash: sha256:${digest}
FileSize: 100
NarHash: sha256:${digest}
NarSize: 200
References: ${base} ${base}b
Deriver: ${base}.drv
Sig: ${signature}
CA: fixed:r:sha256:${digest}
`
const info: NarInfo = {
  path: `/nix/store/${base}`,
  url: 'nar/x.nar.xz',
  compression: 'xz',
  fileHash: hashBytes('sha256', 'hello'),
  fileSize: 100,
  narHash: hashBytes('sha256', 'hello'),
  narSize: 200,
  references: [`/nix/store/${base}`, `/nix/store/${base}b`],
  deriver: `/nix/store/${base}.drv`,
  signatures: [signature],
  contentAddress: `fixed:r:sha256:${digest}`,
}
const parse = (text: string) => parseNarInfo('/nix/store', text, 'x.narinfo')
const without = (name: string) => text.replace(new RegExp(`^${name}:.*\n`, 'm'), '')

describe('narinfos', () => {
  it('are written and read', () => {
    expect(formatNarInfo(info)).toBe(text)
    expect(parse(text)).toEqual(info)
  })

  it('may lack what is not needed and hold fields nobody knows', () => {
    const short = `StorePath: /nix/store/${base}\nURL: u\nNarHash: sha256:${digest}\nNarSize: 1\n`
    const minimal: NarInfo = {
      path: info.path,
      url: 'u',
      compression: 'bzip2',
      fileHash: null,
      fileSize: null,
      narHash: info.narHash,
      narSize: 1,
      references: [],
      deriver: null,
      signatures: [],
      contentAddress: null,
    }
    expect(
      parse(`${short}System: x86_64-linux\nReferences: \nDeriver: unknown-deriver\nCA: \n`),
    ).toEqual(minimal)
    expect(parse(`${short}References:\n`)).toEqual(minimal)
  })

  it.each([
    ['', 'StorePath missing'],
    [text.slice(0, -1), "expecting '\\n' at line 11"],
    [`${text}nonsense\n`, "expecting ':' at line 12"],
    [without('StorePath'), 'StorePath missing'],
    [without('NarHash'), 'NarHash missing'],
    [without('URL'), 'URL missing'],
    [without('NarSize'), 'NarSize missing or zero'],
    [text.replace('NarSize: 200', 'NarSize: 0'), 'NarSize missing or zero'],
    [text.replace('NarSize: 200', 'NarSize: -1'), "invalid NarSize: '-1' is not a size at line 7"],
    [text.replace('NarSize: 200', 'NarSize: 1e3'), 'invalid NarSize'],
    [text.replace(/NarHash: .*/, `NarHash: ${digest}`), 'does not include a type'],
    [text.replace(/NarHash: .*/, 'NarHash: sha1:abc'), 'invalid NarHash'],
    [text.replace('StorePath: /nix', 'StorePath: /etc'), 'is not in the Nix store'],
    [text.replace('References: ', 'References: ../x '), 'invalid References'],
    [text.replace('Deriver: ', 'Deriver: /nix/store/'), 'invalid Deriver'],
    [text.replace(signature, 'abc'), 'invalid Sig'],
    [text.replace('CA: fixed', 'CA: broken'), 'invalid CA'],
    [text.replace('Compression: xz', 'Compression: ../xz'), 'invalid Compression'],
    [`${text}URL: other\n`, 'extra URL at line 12'],
    [`${text}References: \n`, 'extra References'],
  ])('are refused (%#)', (wrong, message) => {
    expect(() => parse(wrong)).toThrow(NarInfoError)
    expect(() => parse(wrong)).toThrow(message)
    expect(() => parse(wrong)).toThrow("NAR info file 'x.narinfo' is corrupt")
  })
})
