/**
 * Derivations as the ATerms that `.drv` files hold: `Derive([outputs],[inputs],…)`, or
 * `DrvWithVersion("xp-dyn-drv",…)` where inputs are outputs of derivations that are built first.
 */
import type { ByteString } from './bytes'
import {
  DerivationError,
  type Derivation,
  type DerivationOutput,
  type DynamicInputs,
} from './derivation'

/** The text of a derivation's `.drv` file. */
export function formatDerivation(derivation: Derivation): ByteString {
  const { inputDerivations, dynamicInputs } = derivation
  const inputs = formatInputs(inputDerivations, dynamicInputs)
  return new DerivationTerm(derivation).text(inputs, false, dynamicInputs !== undefined)
}

/**
 * The texts of one derivation, which differ in the keys of its inputs and in what is said of its
 * outputs. All else is written once; the derivation's outputs may still be filled in afterwards, in
 * itself and in the environment variables of their names.
 */
export class DerivationTerm {
  private readonly outputNames: readonly ByteString[]
  /** What stands between the inputs and the environment. */
  private readonly middle: ByteString
  /** The environment, without the values of the variables that are named after outputs. */
  private readonly environment: readonly ByteString[]
  private readonly variables: readonly ByteString[]

  constructor(private readonly derivation: Derivation) {
    const { outputs, inputSources, system, builder, args, environment } = derivation
    this.outputNames = sorted(outputs.keys())
    this.middle =
      `${plainList(sorted(inputSources))},"${system}",` +
      `${quote(builder)},[${args.map(quote).join(',')}]`
    const pieces: ByteString[] = []
    const variables: ByteString[] = []
    let piece = ''
    let separator = ''
    for (const name of sorted(environment.keys())) {
      piece += `${separator}(${quote(name)},`
      separator = ','
      if (outputs.has(name)) {
        pieces.push(piece)
        variables.push(name)
        piece = ')'
      } else piece += `${quote(environment.get(name) as ByteString)})`
    }
    pieces.push(piece)
    this.environment = pieces
    this.variables = variables
  }

  /**
   * The text with these input derivations (`formatInputs`). With `maskOutputs` the output paths and
   * the environment variables named after outputs are blank.
   */
  text(inputs: ByteString, maskOutputs: boolean, isDynamic = false): ByteString {
    const { outputs, environment } = this.derivation
    const outputTerms = this.outputNames.map((name) => {
      const { path, hashAlgorithm, hash } = outputs.get(name) as DerivationOutput
      return `("${name}","${maskOutputs ? '' : path}","${hashAlgorithm}","${hash}")`
    })
    let variables = this.environment[0]!
    this.variables.forEach((name, i) => {
      const value = maskOutputs ? '""' : quote(environment.get(name) as ByteString)
      variables += value + this.environment[i + 1]!
    })
    return (
      (isDynamic ? `DrvWithVersion("${dynamicVersion}",` : 'Derive(') +
      `[${outputTerms.join(',')}],[${inputs}],${this.middle},[${variables}])`
    )
  }
}

/** Input derivations as a text of a derivation has them, by paths or by what else stands for them. */
export function formatInputs(
  inputs: ReadonlyMap<ByteString, ReadonlySet<ByteString>>,
  dynamicInputs?: ReadonlyMap<ByteString, DynamicInputs>,
): ByteString {
  return sorted(inputs.keys())
    .map((key) => {
      const names = inputs.get(key) as ReadonlySet<ByteString>
      return `("${key}",${inputTerm(names, dynamicInputs?.get(key))})`
    })
    .join(',')
}

const dynamicVersion = 'xp-dyn-drv'

function inputTerm(outputs: ReadonlySet<ByteString>, dynamic?: DynamicInputs): ByteString {
  const names = plainList(sorted(outputs))
  if (dynamic === undefined || dynamic.size === 0) return names
  const inner = sorted(dynamic.keys()).map((name) => {
    const node = dynamic.get(name) as { outputs: Set<ByteString>; dynamic: DynamicInputs }
    return `("${name}",${inputTerm(node.outputs, node.dynamic)})`
  })
  return `(${names},[${inner.join(',')}])`
}

/** In byte order, in which they often are already. */
function sorted(texts: Iterable<ByteString>): ByteString[] {
  const list = [...texts]
  for (let i = 1; i < list.length; i++) if (list[i - 1]! > list[i]!) return list.sort()
  return list
}

/** Nix writes names and paths as they are; nothing in them needs a backslash. */
function plainList(texts: readonly ByteString[]): ByteString {
  return texts.length === 0 ? '[]' : `["${texts.join('","')}"]`
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

const unescapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Characters that JSON escapes and Nix does not. */
const escapedInJson = /[\0-\x08\x0b\x0c\x0e-\x1f]/

function quote(text: ByteString): ByteString {
  if (!/["\\\n\r\t]/.test(text)) return `"${text}"`
  // What both escape they escape alike, and JSON.stringify is far quicker.
  if (!escapedInJson.test(text)) return JSON.stringify(text)
  return `"${text.replace(/["\\\n\r\t]/g, (character) => escapes[character]!)}"`
}

/**
 * The derivation in the text of a `.drv` file. Throws DerivationError that says what is wrong and at
 * which byte: anything but Nix's own form, twice the same name, or an input without outputs.
 */
export function parseDerivation(text: ByteString, name: ByteString): Derivation {
  return new Parser(text, name).derivation()
}

function isPath(text: ByteString): boolean {
  return text.startsWith('/')
}

/** Derivations that build derivations that build derivations; nobody nests them deeper. */
const maxDynamicDepth = 100

class Parser {
  private position = 0
  private depth = 0
  /** The first backslash at or after `position`, or the text's length; stale if less. */
  private backslash = -1

  constructor(
    private readonly text: ByteString,
    private readonly name: ByteString,
  ) {}

  derivation(): Derivation {
    const versioned = this.text.startsWith('DrvWithVersion(')
    if (versioned) {
      this.position = 'DrvWithVersion('.length
      const version = this.string()
      if (version !== dynamicVersion) this.fail(`unknown ATerm format version '${version}'`)
      this.expect(',')
    } else this.expect('Derive(')
    const dynamicInputs = new Map<ByteString, DynamicInputs>()
    const outputs = this.map('outputs', () => {
      this.expect('(')
      const id = this.string()
      return [id, this.output(id)]
    })
    this.expect(',')
    const inputDerivations = this.map('input derivations', () => {
      this.expect('(')
      const path = this.path()
      this.expect(',')
      const { outputs: names, dynamic } = this.input(versioned)
      this.expect(')')
      if (dynamic.size > 0) dynamicInputs.set(path, dynamic)
      else if (names.size === 0) this.fail(`inputDrvs entry for '${path}' specifies no outputs`)
      return [path, names]
    })
    this.expect(',')
    const inputSources = this.set('input sources', () => this.path(), isPath)
    this.expect(',')
    const system = this.string()
    this.expect(',')
    const builder = this.string()
    this.expect(',')
    const args = this.list(() => this.string())
    this.expect(',')
    const environment = this.map('environment variables', () => {
      this.expect('(')
      const variable = this.string()
      this.expect(',')
      const value = this.string()
      this.expect(')')
      return [variable, value]
    })
    this.expect(')')
    if (this.position !== this.text.length) this.fail('something follows the end')
    return {
      name: this.name,
      outputs,
      inputDerivations,
      ...(dynamicInputs.size === 0 ? {} : { dynamicInputs }),
      inputSources,
      system,
      builder,
      args,
      environment,
    }
  }

  /** Which outputs of an input are needed, and in the versioned form of its outputs' outputs. */
  private input(versioned: boolean): { outputs: Set<ByteString>; dynamic: DynamicInputs } {
    const names = () => this.set('outputs of an input derivation', () => this.string())
    if (!versioned || this.text[this.position] !== '(') {
      return { outputs: names(), dynamic: new Map() }
    }
    this.expect('(')
    const outputs = names()
    this.expect(',')
    const dynamic: DynamicInputs = this.map('outputs of an input derivation', () => {
      this.expect('(')
      const name = this.string()
      this.expect(',')
      if (++this.depth > maxDynamicDepth) this.fail('dynamic outputs are nested too deeply')
      const node = this.input(versioned)
      this.depth--
      this.expect(')')
      return [name, node]
    })
    this.expect(')')
    return { outputs, dynamic }
  }

  private output(id: ByteString): DerivationOutput {
    this.expect(',')
    const path = this.string()
    this.expect(',')
    const hashAlgorithm = this.string()
    this.expect(',')
    const hash = this.string()
    this.expect(')')
    if (path !== '' && !path.startsWith('/')) this.fail(`bad path '${path}'`)
    if (hashAlgorithm === '' && hash !== '')
      this.fail(`output '${id}' has a hash, but no algorithm`)
    const fixed = hash !== '' && hash !== 'impure'
    if (hashAlgorithm !== '' && fixed !== (path !== ''))
      this.fail(
        fixed
          ? `fixed output '${id}' has no path`
          : `content-addressing derivation output '${id}' should not specify output path`,
      )
    return { path, hashAlgorithm, hash }
  }

  private map<Value>(what: string, entry: () => [ByteString, Value]): Map<ByteString, Value> {
    const map = new Map<ByteString, Value>()
    this.list(() => {
      const [key, value] = entry()
      if (map.has(key)) this.fail(`'${key}' appears twice in the ${what}`)
      map.set(key, value)
    })
    return map
  }

  private set(
    what: string,
    member: () => ByteString,
    isMember: (value: ByteString) => boolean = () => true,
  ): Set<ByteString> {
    const start = this.position
    const plain = this.plainStrings()
    const all = new Set(plain)
    if (plain !== null && all.size === plain.length && plain.every(isMember)) return all
    // One by one: it shows where what is wrong.
    this.position = start
    const set = new Set<ByteString>()
    this.list(() => {
      const value = member()
      if (set.has(value)) this.fail(`'${value}' appears twice in the ${what}`)
      set.add(value)
    })
    return set
  }

  private list<Member>(member: () => Member): Member[] {
    const members: Member[] = []
    this.expect('[')
    if (this.text[this.position] === ']') {
      this.position++
      return members
    }
    for (;;) {
      members.push(member())
      if (this.text[this.position] === ']') break
      this.expect(',')
    }
    this.position++
    return members
  }

  /** A list of strings in which nothing is escaped, taken apart at once; null for any other text. */
  private plainStrings(): ByteString[] | null {
    const { text, position } = this
    if (!text.startsWith('["', position)) return null
    const end = text.indexOf('"]', position + 2)
    if (this.backslash < position) this.backslash = indexOrEnd(text, '\\', position)
    if (end < 0 || this.backslash < end) return null
    const strings = text.slice(position + 2, end).split('","')
    if (strings.some((string) => string.includes('"'))) return null
    this.position = end + 2
    return strings
  }

  private path(): ByteString {
    const path = this.string()
    if (!isPath(path)) this.fail(`bad path '${path}'`)
    return path
  }

  private string(): ByteString {
    this.expect('"')
    const { text } = this
    let start = this.position
    let end = -1
    let result = ''
    for (;;) {
      // Both searches remember what they found: looking again for each escape would be quadratic.
      if (end < start) end = text.indexOf('"', start)
      if (end < 0) this.fail('unterminated string')
      if (this.backslash < start) this.backslash = indexOrEnd(text, '\\', start)
      if (this.backslash > end) {
        this.position = end + 1
        return result + text.slice(start, end)
      }
      const escaped = text.charAt(this.backslash + 1)
      if (escaped === '') this.fail('unterminated string')
      result += text.slice(start, this.backslash) + (unescapes[escaped] ?? escaped)
      start = this.backslash + 2
    }
  }

  private expect(expected: string): void {
    if (!this.text.startsWith(expected, this.position)) this.fail(`expected string '${expected}'`)
    this.position += expected.length
  }

  private fail(what: string): never {
    throw new DerivationError(
      `error parsing derivation '${this.name}': ${what} (at byte ${this.position})`,
    )
  }
}

function indexOrEnd(text: string, searched: string, from: number): number {
  const index = text.indexOf(searched, from)
  return index < 0 ? text.length : index
}
