import { expect, it } from 'vitest'
import { utf8ToByteString } from './bytes'
import type { Derivation } from './derivation'
import { derivationToJson } from './derivation-json'

const hashPart = 'yv0r4nsc6i1gpdqv3p218cap21b22lrc'
const derivation: Derivation = {
  name: 'a',
  outputs: new Map([['out', { path: `/nix/store/${hashPart}-a`, hashAlgorithm: '', hash: '' }]]),
  inputDerivations: new Map([[`/nix/store/${hashPart}-b.drv`, new Set(['out', 'dev'])]]),
  inputSources: new Set([`/nix/store/${hashPart}-c`]),
  system: 'x86_64-linux',
  builder: '/bin/sh',
  args: ['-c'],
  environment: new Map([['greeting', utf8ToByteString('grüß')]]),
}
const outputs = (path: string, hashAlgorithm: string, hash: string) =>
  (
    derivationToJson({
      ...derivation,
      outputs: new Map([['out', { path, hashAlgorithm, hash }]]),
    }) as { outputs: { out: unknown } }
  ).outputs.out

it('shows a derivation as version 4 of the format', () => {
  expect(derivationToJson(derivation)).toEqual({
    name: 'a',
    version: 4,
    outputs: { out: { path: `${hashPart}-a` } },
    inputs: {
      drvs: { [`${hashPart}-b.drv`]: { dynamicOutputs: {}, outputs: ['dev', 'out'] } },
      srcs: [`${hashPart}-c`],
    },
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: ['-c'],
    env: { greeting: 'grüß' },
  })
})

it('shows structured attributes apart from the environment', () => {
  const environment = new Map([
    ['__json', '{"a":[1,{"b":null}]}'],
    ['out', '/x'],
  ])
  expect(derivationToJson({ ...derivation, environment })).toMatchObject({
    env: { out: '/x' },
    structuredAttrs: { a: [1, { b: null }] },
  })
  expect(() =>
    derivationToJson({ ...derivation, environment: new Map([['__json', '{']]) }),
  ).toThrow('cannot process structured attributes')
})

it('shows every kind of output', () => {
  const zeros = '00'.repeat(32)
  const sri = `sha256-${'A'.repeat(43)}=`
  expect(outputs('', '', '')).toEqual({})
  expect(outputs('/nix/store/x', 'sha256', zeros)).toEqual({ method: 'flat', hash: sri })
  expect(outputs('/nix/store/x', 'r:sha256', zeros)).toEqual({ method: 'nar', hash: sri })
  expect(outputs('', 'r:sha1', '')).toEqual({ method: 'nar', hashAlgo: 'sha1' })
  expect(outputs('', 'text:sha256', '')).toEqual({ method: 'text', hashAlgo: 'sha256' })
  expect(outputs('', 'r:sha256', 'impure')).toEqual({
    method: 'nar',
    hashAlgo: 'sha256',
    impure: true,
  })
})
