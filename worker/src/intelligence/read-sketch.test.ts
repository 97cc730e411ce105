import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import { parse } from '../language/parser'
import { PositionTable } from '../language/positions'
import { NixSyntaxError } from '../language/syntax-error'
import { operandsOf } from '../language/operands'
import { NodeKind, type Binding, type Node } from '../language/tree'
import { readSketch } from './read-sketch'
import { Resolver } from './resolve'

const resolver = new Resolver(builtinDocumentation)

/** For each variable of a text, by its offset: where it is defined, or who supplies it. */
type Variables = Map<number, string>

function seenByParser(source: ByteString): Variables | null {
  const positions = new PositionTable()
  let node: Node
  try {
    node = parse(source, {
      origin: { kind: 'string' },
      basePath: '/',
      homeDirectory: '/home/nix',
      positions,
      globals: (name) => builtinDocumentation.get(name)?.global === true || /^__[a-z]/.test(name),
      features: { pipeOperators: true },
    }).node
  } catch (error) {
    if (error instanceof NixSyntaxError) return null
    throw error
  }
  const variables: Variables = new Map()
  const offset = (position: number) => positions.place(position)?.offset ?? -1
  type Environment = { slots: (number | null)[]; parent: Environment | null }
  const bindings = (list: readonly Binding[], inside: Environment, around: Environment) => {
    for (const { value, inherited } of list) walk(value, inherited ? around : inside)
  }
  const walk = (tree: Node, environment: Environment): void => {
    switch (tree.kind) {
      case NodeKind.Local: {
        let level: Environment = environment
        for (let i = 0; i < tree.level; i++) level = level.parent!
        const place = level.slots[tree.slot]
        if (place !== null && source.startsWith(tree.name, offset(tree.position))) {
          variables.set(offset(tree.position), `${tree.name} at ${place}`)
        }
        return
      }
      case NodeKind.Global:
        if (source.startsWith(tree.name, offset(tree.position))) {
          variables.set(offset(tree.position), 'builtin')
        }
        return
      case NodeKind.Lambda: {
        let inside: Environment
        if (tree.formals === null) {
          const slots = tree.parameterPositions.map((position) => offset(position))
          inside = { slots: [null, ...slots], parent: environment }
        } else {
          const slots = tree.formals.formals.map(({ position }) => offset(position))
          inside = { slots: [null, null, ...slots], parent: environment }
          for (const formal of tree.formals.formals) {
            if (formal.default !== null) walk(formal.default, inside)
          }
        }
        return walk(tree.body, inside)
      }
      case NodeKind.Let: {
        const slots = tree.bindings.map(({ position }) => offset(position))
        const inside = {
          slots: [null, ...slots, ...tree.inheritedFrom.map(() => null)],
          parent: environment,
        }
        bindings(tree.bindings, inside, environment)
        for (const from of tree.inheritedFrom) walk(from, inside)
        return walk(tree.body, inside)
      }
      case NodeKind.AttributeSet: {
        const slots = tree.bindings.map(({ position }) => offset(position))
        const inside: Environment = tree.recursive
          ? {
              slots: [null, ...slots, ...tree.inheritedFrom.map(() => null)],
              parent: environment,
            }
          : environment
        if (tree.recursive) bindings(tree.bindings, inside, environment)
        else {
          tree.bindings.forEach(({ value }, i) => {
            if (tree.fromInherit[i] !== 1) walk(value, environment)
          })
        }
        for (const from of tree.inheritedFrom) walk(from, inside)
        for (const { name, value } of tree.dynamic) {
          walk(name, inside)
          walk(value, inside)
        }
        return
      }
      case NodeKind.With:
        walk(tree.subject, environment)
        return walk(tree.body, { slots: [null, null], parent: environment })
    }
    for (const operand of operandsOf(tree)) walk(operand, environment)
  }
  walk(node, { slots: [null], parent: null })
  return variables
}

function seenBySketch(source: ByteString): Variables {
  const variables: Variables = new Map()
  for (const occurrence of readSketch(source).occurrences) {
    if (occurrence.kind !== 'variable' && occurrence.kind !== 'inherited') continue
    const name = occurrence.kind === 'variable' ? occurrence.name : occurrence.definition.name
    const meaning = resolver.variable(name, occurrence.scope)
    if (meaning === null || meaning.kind === 'documented') continue
    const where =
      meaning.kind === 'builtin'
        ? 'builtin'
        : meaning.definition.kind === 'argument'
          ? null
          : `${name} at ${meaning.definition.start}`
    if (where !== null) variables.set(occurrence.start, where)
  }
  return variables
}

function texts(): [title: string, source: string][] {
  const corpus = join(import.meta.dirname, '../language/corpus')
  const found: [string, string][] = []
  for (const file of readdirSync(corpus)) {
    const blocks = readFileSync(join(corpus, file), 'utf8').split(/^# .*\n/m)
    for (const block of blocks) {
      const [source] = block.split(/\n==>.*\n/)
      if (source.trim() !== '') found.push([`${file}: ${source}`, source])
    }
  }
  const builtins = join(import.meta.dirname, '../evaluator')
  for (const file of readdirSync(builtins, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.cases.txt')) continue
    for (const line of readFileSync(join(builtins, file), 'utf8').split('\n')) {
      const [source, expected] = line.replace(/^\(today\) /, '').split(' ==> ')
      if (expected !== undefined) found.push([`${file}: ${source}`, source])
    }
  }
  const examples = join(import.meta.dirname, '../../../web/src/examples')
  for (const file of readdirSync(examples)) {
    if (!file.endsWith('.nix')) continue
    found.push([file, readFileSync(join(examples, file), 'utf8')])
  }
  return found
}

/** A set that comes second loses its `rec`, which nobody means: the sketch does not follow that. */
const losesRec = (source: string) => source.includes('a.y = x; a = rec')

describe('a sketch', () => {
  it('agrees with the parser on what every variable of right texts means', () => {
    let compared = 0
    for (const [title, source] of texts()) {
      if (losesRec(source)) continue
      const bytes = utf8ToByteString(source)
      const expected = seenByParser(bytes)
      if (expected === null) continue
      const seen = seenBySketch(bytes)
      for (const [offset, meaning] of expected) {
        // What the parser adds for `inherit (e)` and operators stands nowhere.
        if (offset < 0) continue
        expect(`${offset}: ${seen.get(offset)}`, title).toBe(`${offset}: ${meaning}`)
        compared++
      }
    }
    expect(compared).toBeGreaterThan(1000)
  })

  it('is made of every beginning of a text', () => {
    for (const [, source] of texts().filter((_, i) => i % 7 === 0)) {
      const bytes = utf8ToByteString(source)
      for (let end = 0; end <= bytes.length; end++) {
        const { occurrences } = readSketch(bytes.slice(0, end))
        for (const occurrence of occurrences) expect(occurrence.end).toBeLessThanOrEqual(end)
      }
    }
  })

  it('is made of what nests deeply, for which the native stack would not do', () => {
    for (const [open, close] of [
      ['(', ')'],
      ['[', ']'],
      ['{ a = ', '; }'],
      ['let a = ', '; in a'],
      ['"${', '}"'],
      ["''${", "}''"],
      ['x: ', ''],
      ['a -> if b then c else ', ''],
      ['{ x }: ', ''],
    ]) {
      const depth = 20_000
      const source = `let y = 1; in [ (${open.repeat(depth)} y ${close.repeat(depth)}) y ]`
      const { occurrences } = readSketch(source)
      const last = occurrences.at(-1)
      expect(last?.start, open).toBe(source.length - 3)
    }
  })
})
