import { byteStringToUtf8, type ByteString } from '@snowglobe/shared/bytes'
import { printName } from '../language/print-tree'
import type { Completion, Completions, TextPosition } from './answers'
import { bindingConstructs, constructs, keywords, type Construct } from './constructs'
import {
  builtinPath,
  describeBuiltin,
  describeDefinition,
  describeDocumented,
  detailOf,
} from './describe'
import type { DocumentedName } from './documented-names'
import { readSketch } from './read-sketch'
import type { Meaning, Resolver } from './resolve'
import { isProse, occurrenceAt, type Occurrence, type Scope, type Sketch } from './sketch'
import { TextPositions } from './text-positions'

/** Stands where no name is typed yet, so that there is one to complete. */
const placeholder = '_'

/**
 * What may be written at a position.
 *
 * @returns null where nothing is offered: in strings, comments, numbers and paths, and for names that
 *   are the person's to choose
 */
export function complete(
  text: string,
  position: TextPosition,
  resolver: Resolver,
): Completions | null {
  const positions = new TextPositions(text)
  const offset = positions.offset(position)
  const { bytes } = positions
  const start = nameStart(bytes, offset)
  const end = nameEnd(bytes, offset)
  const sketch = readSketch(
    start === end ? bytes.slice(0, offset) + placeholder + bytes.slice(offset) : bytes,
  )
  if (isProse(sketch, start)) return null
  const occurrence = occurrenceAt(sketch, start === end ? start + 1 : offset)
  if (occurrence === null) return null
  const items = itemsFor(occurrence, sketch, resolver)
  return items === null ? null : { span: positions.span({ start, end }), items }
}

function itemsFor(occurrence: Occurrence, sketch: Sketch, resolver: Resolver): Completion[] | null {
  switch (occurrence.kind) {
    case 'variable':
      return [
        ...variables(occurrence.scope, sketch, resolver),
        ...otherBuiltins(resolver),
        ...keywords.map(keyword),
        ...constructs.map(construct),
      ]
    case 'attribute':
      return attributes(resolver.members(occurrence.of), sketch)
    case 'inherited':
      return occurrence.from === null
        ? variables(occurrence.scope, sketch, resolver).filter(({ kind }) => kind !== 'function')
        : attributes(resolver.members(occurrence.from), sketch)
    case 'definition':
      return definitionItems(occurrence, resolver)
  }
}

function variables(scope: Scope, sketch: Sketch, resolver: Resolver): Completion[] {
  const items: Completion[] = []
  for (const [name, meaning, around] of resolver.visible(scope)) {
    if (name === placeholder) continue
    const far = meaning.kind === 'builtin' ? '3' : around?.kind === 'with' ? '2' : '1'
    items.push(named(name, meaning, sketch, far))
  }
  return items
}

/** The builtins that need `builtins.`, found by their own names. */
function otherBuiltins({ builtins }: Resolver): Completion[] {
  return [...builtins.values()]
    .filter(({ global }) => !global)
    .map((builtin) => ({
      ...named(builtin.name, { kind: 'builtin', builtin }, null, '5'),
      label: builtinPath(builtin),
      insertText: builtinPath(builtin),
    }))
}

function attributes(
  members: ReadonlyMap<ByteString, Meaning> | null,
  sketch: Sketch,
): Completion[] | null {
  if (members === null) return null
  return [...members]
    .filter(([name]) => name !== placeholder)
    .map(([name, meaning]) => named(name, meaning, sketch, '1'))
}

/** What a derivation is made of; elsewhere names of bindings are the person's to choose. */
const derivationAttributes: Record<string, string> = {
  name: 'The name in the store path: letters, digits and `+-._?=`.',
  system: 'The kind of machine that builds, like `"x86_64-linux"`.',
  builder: 'The program that is run.',
  args: 'A list of arguments for the builder.',
  outputs: 'The names of what is built, `[ "out" ]` if absent.',
  outputHash: 'The hash of the output, if it is known beforehand.',
  outputHashAlgo: 'The algorithm of `outputHash`, if that does not tell.',
  outputHashMode: '`"flat"` for the contents of one file, `"recursive"` for a file tree.',
}

function definitionItems(
  { definition, argumentOf }: Occurrence & { kind: 'definition' },
  resolver: Resolver,
): Completion[] | null {
  if (definition.kind !== 'let' && definition.kind !== 'attribute') return null
  const items = bindingConstructs.map(construct)
  if (argumentOf.kind !== 'variable') return items
  const fn = resolver.variable(argumentOf.name, argumentOf.scope)
  if (fn?.kind !== 'builtin' || fn.builtin.name !== 'derivation') return items
  for (const [label, documentation] of Object.entries(derivationAttributes)) {
    items.push({
      ...plain(label, 'attribute', '1'),
      insertText: `${label} = $0;`,
      isSnippet: true,
      detail: 'of a derivation',
      documentation,
    })
  }
  return items
}

function named(
  name: ByteString,
  meaning: Meaning,
  sketch: Sketch | null,
  sortText: string,
): Completion {
  const label = byteStringToUtf8(name)
  return {
    ...plain(label, kindOf(meaning), sortText),
    insertText: byteStringToUtf8(printName(name)),
    detail: detailOf(meaning),
    documentation: documentationOf(meaning, sketch),
  }
}

function documentationOf(meaning: Meaning, sketch: Sketch | null): string {
  switch (meaning.kind) {
    case 'builtin':
      return describeBuiltin(meaning.builtin).slice(1).join('\n\n')
    case 'documented':
      return describeDocumented(meaning.name).slice(1).join('\n\n')
    case 'definition':
      return sketch === null ? '' : describeDefinition(meaning.definition, sketch).join('\n\n')
  }
}

function kindOf(meaning: Meaning): Completion['kind'] {
  if (meaning.kind === 'builtin') return meaning.builtin.args.length > 0 ? 'function' : 'constant'
  if (meaning.kind === 'documented') return kindOfDocumented(meaning.name)
  switch (meaning.definition.kind) {
    case 'attribute':
      return 'attribute'
    case 'let':
      return 'variable'
    default:
      return 'parameter'
  }
}

function kindOfDocumented({ about }: DocumentedName): Completion['kind'] {
  if (about === null) return 'attribute'
  if (about.kind === 'package') return 'package'
  if (about.kind === 'builtin') return about.builtin.args.length > 0 ? 'function' : 'constant'
  return about.fn.type?.includes('->') === true ? 'function' : 'constant'
}

function keyword(label: string): Completion {
  return plain(label, 'keyword', '6')
}

function construct({ label, insertText, doc }: Construct): Completion {
  return {
    ...plain(label, 'construct', '7'),
    insertText,
    isSnippet: true,
    detail: 'construct',
    documentation: doc,
  }
}

function plain(label: string, kind: Completion['kind'], sortText: string): Completion {
  return {
    label,
    kind,
    insertText: label,
    isSnippet: false,
    filterText: label,
    detail: '',
    documentation: '',
    sortText: sortText + label,
  }
}

const namePart = /[a-zA-Z0-9_'-]/

function nameStart(bytes: ByteString, offset: number): number {
  let start = offset
  while (start > 0 && namePart.test(bytes[start - 1])) start--
  return start
}

function nameEnd(bytes: ByteString, offset: number): number {
  let end = offset
  while (end < bytes.length && namePart.test(bytes[end])) end++
  return end
}
