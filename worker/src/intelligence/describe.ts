/** Names as people are told of them, in Markdown. */
import { byteStringToUtf8 } from '@snowglobe/shared/bytes'
import type { BuiltinDocumentation } from '../evaluator/builtin-documentation'
import type { LibraryFunction, PackageDocumentation } from './documentation'
import type { DocumentedName } from './documented-names'
import type { Meaning } from './resolve'
import type { Definition, Shape, Sketch } from './sketch'

/** Characters of a value's text that are shown. */
const maxValue = 60

/** A Markdown block of code, whatever the code holds. */
export function code(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}nix\n${text}\n${fence}`
}

/** How a builtin is reached, like `map` or `builtins.head`. */
export function builtinPath({ name, global }: BuiltinDocumentation): string {
  return global ? name : `builtins.${name}`
}

/** Type, call, words, example and version of a builtin. */
export function describeBuiltin(builtin: BuiltinDocumentation): string[] {
  const { args, type, doc, example, since } = builtin
  const path = builtinPath(builtin)
  const parts = [code(`${path} : ${type}`)]
  if (args.length > 0) parts.push(`\`${[path, ...args].join(' ')}\``)
  parts.push(doc)
  if (example !== undefined) parts.push(code(`${example.expression}\n# ⇒ ${example.value}`))
  parts.push(since === null ? '*A builtin.*' : `*A builtin, in Nix since ${since}.*`)
  return parts
}

/** Examples that are shown beside the code: the Reference has them all. */
const shownExamples = 2

/** What is told of a name of a package collection. */
export function describeDocumented({ path, about, members }: DocumentedName): string[] {
  switch (about?.kind) {
    case 'builtin':
      return describeBuiltin(about.builtin)
    case 'function':
      return describeFunction(about.fn)
    case 'package':
      return describePackage(about.package)
    default: {
      const what = path === 'pkgs' ? 'A package collection' : `\`${path}\``
      return [`${what}: ${members.size} names.`]
    }
  }
}

function describeFunction({ names, type, text, inputs, examples }: LibraryFunction): string[] {
  const [path, ...others] = names
  const parts = [code(type === null ? path : `${path} : ${type}`), text]
  if (inputs !== null) parts.push(inputs)
  for (const { expression, result } of examples.slice(0, shownExamples)) {
    const comes = 'value' in result ? result.value : `error: ${result.error}`
    parts.push(code(`${expression}\n${comes.replace(/^/gm, '# ').replace('# ', '# ⇒ ')}`))
  }
  if (others.length > 0) parts.push(`*Also ${others.map((name) => `\`${name}\``).join(', ')}.*`)
  return parts
}

function describePackage(about: PackageDocumentation): string[] {
  const { name, version, description, licenses, homepage, mainProgram } = about
  const facts = [
    licenses.map((license) => license.name).join(', '),
    mainProgram === null ? '' : `runs \`${mainProgram}\``,
    homepage ?? '',
  ]
  return [
    code(version === '' ? `pkgs.${name}` : `pkgs.${name} # ${version}`),
    description === '' ? 'A package.' : `${description}.`,
    facts.filter(Boolean).join(' · '),
  ].filter(Boolean)
}

const kinds: Record<Definition['kind'], string> = {
  let: 'Variable of a `let`',
  attribute: 'Attribute',
  parameter: 'Parameter of a function',
  formal: 'Attribute that the function takes',
  argument: 'The set that the function is called with',
}

/** What a name is, its text and the comment above it. */
export function describeDefinition(definition: Definition, sketch: Sketch): string[] {
  const { kind, value, inherited } = definition
  const name = byteStringToUtf8(definition.name)
  const text = briefly(byteStringToUtf8(sketch.source.slice(...edges(definition))))
  const shown =
    value.kind === 'lambda'
      ? `${name} = ${byteStringToUtf8(parametersOf(value))} …`
      : text === ''
        ? `${name}${value.kind === 'set' ? ' = { … }' : ''}`
        : `${name} ${kind === 'formal' ? '?' : '='} ${text}`
  const line = sketch.source.slice(0, definition.start).split('\n').length
  const what = kind === 'formal' && text !== '' ? `${kinds.formal}, with a default` : kinds[kind]
  const parts = [code(shown), `${what}${inherited ? ', inherited' : ''}, line ${line}.`]
  const comment = commentAbove(definition, sketch)
  if (comment !== '') parts.push(comment)
  return parts
}

/** One line on a name, for lists. */
export function detailOf(meaning: Meaning): string {
  if (meaning.kind === 'builtin') return meaning.builtin.type
  if (meaning.kind === 'documented') return detailOfDocumented(meaning.name)
  const { value, kind } = meaning.definition
  if (value.kind === 'lambda') return `${byteStringToUtf8(parametersOf(value))} …`
  switch (value.kind) {
    case 'literal':
      return value.type
    case 'path':
      return 'path'
    case 'set':
      return '{ … }'
    default:
      return kind === 'parameter' || kind === 'formal' || kind === 'argument' ? 'parameter' : ''
  }
}

function detailOfDocumented({ about }: DocumentedName): string {
  switch (about?.kind) {
    case 'builtin':
      return about.builtin.type
    case 'function':
      return about.fn.type?.replace(/\s+/g, ' ') ?? ''
    case 'package':
      return about.package.version
    default:
      return '{ … }'
  }
}

/** `a: b:` */
function parametersOf(shape: Shape): string {
  const parameters: string[] = []
  for (let inner = shape; inner.kind === 'lambda'; inner = inner.body) {
    parameters.push(`${briefly(inner.parameter)}:`)
  }
  return parameters.join(' ')
}

function edges({ valueSpan }: Definition): [number, number] {
  return [valueSpan.start, valueSpan.end]
}

function briefly(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= maxValue ? line : `${line.slice(0, maxValue - 1).trimEnd()}…`
}

/** The comment right above a binding, without its marks. */
function commentAbove({ before, whole }: Definition, { source }: Sketch): string {
  const gap = byteStringToUtf8(source.slice(before, whole.start))
  // What follows on the line of the binding before is about that one.
  const own = before === 0 ? gap : gap.replace(/^[^\n]*/, '')
  const block = /\/\*\*?((?:[^*]|\*(?!\/))*)\*\/[ \t]*\n?[ \t]*$/.exec(own)
  if (block !== null) {
    const lines = block[1].split('\n').map((line) => line.replace(/^\s*\* ?/, '').trim())
    return lines.join('\n').trim()
  }
  const lines = /(?:^|\n)((?:[ \t]*#[^\n]*\n)+)[ \t]*$/.exec(own)
  if (lines === null) return ''
  return lines[1]
    .split('\n')
    .map((line) => line.replace(/^\s*#+ ?/, ''))
    .join('\n')
    .trim()
}
