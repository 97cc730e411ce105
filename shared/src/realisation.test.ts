import { describe, expect, it } from 'vitest'
import { secretKeyOf, sign, verify } from './ed25519'
import {
  formatRealisation,
  isRealisationSigned,
  parseRealisation,
  realisationFile,
  realisationFingerprint,
  RealisationError,
  signRealisation,
  type Realisation,
} from './realisation'
import { publicKeyOf } from './signature'

const hashPart = 'g1w7hy3qg1w7hy3qg1w7hy3qg1w7hy3q'
const entry: Realisation = {
  drvPath: `/nix/store/${hashPart}-bar.drv`,
  output: 'foo',
  outPath: `/nix/store/${hashPart}-foo`,
  signatures: [],
}
const value = `{"outPath":"${hashPart}-foo","signatures":[]}`

describe('a build trace entry', () => {
  it("is written and read in Nix's form", () => {
    expect(formatRealisation(entry)).toBe(value)
    expect(parseRealisation('/nix/store', entry, value)).toEqual(entry)
    expect(realisationFile(entry.drvPath, 'foo')).toBe(`build-trace-v2/${hashPart}-bar.drv/foo.doi`)
  })

  it("has Nix's fingerprint", () => {
    expect(realisationFingerprint(entry)).toBe(
      `{"key":{"drvPath":"${hashPart}-bar.drv","outputName":"foo"},` +
        `"value":{"outPath":"${hashPart}-foo"}}`,
    )
  })

  it('is signed for its key and its value', () => {
    const secretKey = secretKeyOf('test-1', new Uint8Array(32).fill(1))
    const keys = [publicKeyOf(secretKey)]
    const signed = { ...entry, signatures: [signRealisation(entry, secretKey, sign)] }
    const read = parseRealisation('/nix/store', entry, formatRealisation(signed))
    expect(read).toEqual(signed)
    expect(isRealisationSigned(read, keys, verify)).toBe(true)
    expect(isRealisationSigned({ ...read, output: 'out' }, keys, verify)).toBe(false)
    expect(isRealisationSigned({ ...read, outPath: read.drvPath }, keys, verify)).toBe(false)
    expect(isRealisationSigned(read, [], verify)).toBe(false)
    const flat = `{"outPath":"${hashPart}-foo","signatures":["${signed.signatures[0]}"]}`
    expect(parseRealisation('/nix/store', entry, flat)).toEqual(signed)
  })

  it.each(['', '{}', '[]', '{"outPath":"../x"}', '{"outPath":"x","signatures":[1]}', 'null'])(
    'is not %s',
    (text) => {
      expect(() => parseRealisation('/nix/store', entry, text)).toThrow(RealisationError)
    },
  )
})
