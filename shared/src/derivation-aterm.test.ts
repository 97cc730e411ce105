import { describe, expect, it } from 'vitest'
import { DerivationError, type Derivation } from './derivation'
import { formatDerivation, parseDerivation } from './derivation-aterm'

const path = (name: string) => `/nix/store/yv0r4nsc6i1gpdqv3p218cap21b22lrc-${name}`

const derivation: Derivation = {
  name: 'hello',
  outputs: new Map([
    ['out', { path: path('hello'), hashAlgorithm: '', hash: '' }],
    ['dev', { path: path('hello-dev'), hashAlgorithm: '', hash: '' }],
  ]),
  inputDerivations: new Map([
    [path('b.drv'), new Set(['out', 'bin'])],
    [path('a.drv'), new Set(['out'])],
  ]),
  inputSources: new Set([path('z'), path('y')]),
  system: 'x86_64-linux',
  builder: '/bin/"sh"',
  args: ['-c', 'echo "\\\n\r\t\x01\xff$"', ''],
  environment: new Map([
    ['out', path('hello')],
    ['dev', path('hello-dev')],
    ['Z', '\\n is two characters'],
    ['', 'a variable without a name'],
  ]),
}
const text =
  `Derive([("dev","${path('hello-dev')}","",""),("out","${path('hello')}","","")],` +
  `[("${path('a.drv')}",["out"]),("${path('b.drv')}",["bin","out"])],` +
  `["${path('y')}","${path('z')}"],"x86_64-linux","/bin/\\"sh\\"",` +
  '["-c","echo \\"\\\\\\n\\r\\t\x01\xff$\\"",""],' +
  '[("","a variable without a name"),("Z","\\\\n is two characters"),' +
  `("dev","${path('hello-dev')}"),("out","${path('hello')}")])`

describe('derivations as ATerms', () => {
  it('are written sorted and escaped', () => {
    expect(formatDerivation(derivation)).toBe(text)
  })

  it('are read back', () => {
    expect(parseDerivation(text, 'hello')).toEqual(derivation)
  })

  it('may be empty in every list', () => {
    const empty = 'Derive([("out","","","")],[],[],"s","b",[],[])'
    const parsed = parseDerivation(empty, 'e')
    expect(parsed.args).toEqual([])
    expect(parsed.environment.size).toBe(0)
    expect(formatDerivation(parsed)).toBe(empty)
  })

  it('may have sources that look like what is around them', () => {
    for (const names of [['/]'], ['/', '/,'], ['/a","/b'], ['/\\'], ['/"]'], ['/a', '/]', '/b"']]) {
      const sources = names.map((name) => `"${name.replace(/["\\]/g, '\\$&')}"`)
      const text = `Derive([],[],[${sources.join(',')}],"s","b",["]"],[])`
      const parsed = parseDerivation(text, 'x')
      expect([...parsed.inputSources]).toEqual(names)
      expect(parsed.args).toEqual([']'])
    }
  })

  it('may hold long values that are all escapes', () => {
    const value = '"\\\n'.repeat(200_000)
    const large = { ...derivation, environment: new Map([['script', value]]) }
    expect(parseDerivation(formatDerivation(large), 'hello').environment.get('script')).toBe(value)
  })

  it('has a form of its own for outputs of derivations that are built first', () => {
    const text =
      'DrvWithVersion("xp-dyn-drv",[],' +
      '[("/nix/store/x.drv",(["a","b"],[("a",["c"]),("d",(["e"],[("f",["g"])]))])),("/nix/store/y.drv",["out"])],' +
      '[],"s","b",[],[])'
    const derivation = parseDerivation(text, 'x')
    expect(formatDerivation(derivation)).toBe(text)
    expect(derivation.inputDerivations).toEqual(
      new Map([
        ['/nix/store/x.drv', new Set(['a', 'b'])],
        ['/nix/store/y.drv', new Set(['out'])],
      ]),
    )
    expect([...derivation.dynamicInputs!.keys()]).toEqual(['/nix/store/x.drv'])
  })

  const output = '("out","/nix/store/x","","")'
  it.each([
    ['', "expected string 'Derive('"],
    [text.slice(0, -1), "expected string ')'"],
    [`${text} `, 'something follows the end'],
    [`Derive([${output}],[],[],"s","b",[],[("a","b]) `, 'unterminated string'],
    [`Derive([${output}],[],[],"s","b",[],[("a","b\\`, 'unterminated string'],
    [`Derive([${output}],[],[],"s","b",["a",],[])`, `expected string '"'`],
    [`Derive([${output},${output}],[],[],"s","b",[],[])`, "'out' appears twice in the outputs"],
    [`Derive([${output}],[],[],"s","b",[],[("a",""),("a","")])`, "'a' appears twice in the envir"],
    [`Derive([${output}],[],["/a","b"],"s","b",[],[])`, "bad path 'b'"],
    [`Derive([${output}],[],["/a"x"/b"],"s","b",[],[])`, "expected string ','"],
    [`Derive([${output}],[],["/a","/a"],"s","b",[],[])`, "'/a' appears twice in the input sources"],
    [`Derive([${output}],[("/a.drv",[])],[],"s","b",[],[])`, "'/a.drv' specifies no outputs"],
    [`Derive([${output}],[],["a"],"s","b",[],[])`, "bad path 'a'"],
    ['Derive([("out","a","","")],[],[],"s","b",[],[])', "bad path 'a'"],
    ['Derive([("out","/a","","12")],[],[],"s","b",[],[])', 'has a hash, but no algorithm'],
    ['Derive([("out","/a","r:sha256","")],[],[],"s","b",[],[])', 'should not specify output path'],
    ['Derive([("out","","r:sha256","12")],[],[],"s","b",[],[])', "fixed output 'out' has no path"],
    ['DrvWithVersion("xp-dyn-drv",[])', "expected string ','"],
    ['DrvWithVersion("other",[])', "unknown ATerm format version 'other'"],
  ])('are refused (%#)', (wrong, message) => {
    expect(() => parseDerivation(wrong, 'x')).toThrow(DerivationError)
    expect(() => parseDerivation(wrong, 'x')).toThrow(message)
    expect(() => parseDerivation(wrong, 'x')).toThrow(
      /^error parsing derivation 'x': .*at byte \d+/,
    )
  })
})
