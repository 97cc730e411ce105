/** What names mean, so far as can be seen without evaluating. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDocumentation } from '../evaluator/builtin-documentation'
import type { DocumentedName } from './documented-names'
import { unknown, type Definition, type Occurrence, type Scope, type Shape } from './sketch'

/** What a name stands for. */
export type Meaning =
  | { kind: 'definition'; definition: Definition }
  | { kind: 'builtin'; builtin: BuiltinDocumentation }
  /** Of a package collection. */
  | { kind: 'documented'; name: DocumentedName }

/** Functions whose values are what they are called for, a little different. */
const variations: ReadonlySet<ByteString> = new Set([
  'appendOverlays',
  'extend',
  'override',
  'overrideAttrs',
])

/** Steps from one value to the next; values may be defined in terms of themselves. */
const maxSteps = 50
/** All steps for one answer: where there are several ways on from each, depth alone is no limit. */
const maxWork = 5000

/** Looks names up, given the builtins there are, and what is told of the collection that `<nixpkgs>` is. */
export class Resolver {
  /** Steps that are left for the answer that is looked for. */
  private work = 0

  constructor(
    readonly builtins: ReadonlyMap<ByteString, BuiltinDocumentation>,
    private readonly collection: DocumentedName | null = null,
  ) {}

  /** What a variable means: scopes first, then global names, then what `with` supplies. */
  variable(name: ByteString, scope: Scope): Meaning | null {
    this.work = maxWork
    return this.lookUp(name, scope, maxSteps)
  }

  /** Everything that a variable at a place may mean, the nearest first. */
  *visible(scope: Scope): Generator<[name: ByteString, meaning: Meaning, scope: Scope | null]> {
    const seen = new Set<ByteString>()
    const chain = [...outwards(scope)]
    for (const around of chain) {
      for (const [name, definition] of around.kind === 'with' ? [] : around.definitions) {
        if (seen.has(name)) continue
        seen.add(name)
        yield [name, { kind: 'definition', definition }, around]
      }
    }
    for (const builtin of this.builtins.values()) {
      if (!builtin.global || seen.has(builtin.name)) continue
      seen.add(builtin.name)
      yield [builtin.name, { kind: 'builtin', builtin }, null]
    }
    for (const around of chain) {
      if (around.kind !== 'with') continue
      for (const [name, meaning] of this.members(around.subject) ?? []) {
        if (seen.has(name)) continue
        seen.add(name)
        yield [name, meaning, around]
      }
    }
  }

  /** What a name is an attribute of a value as, or null if that cannot be seen. */
  member(of: Shape, name: ByteString): Meaning | null {
    return this.members(of)?.get(name) ?? null
  }

  /** The attributes of a value, or null if it is not seen to be a set. */
  members(of: Shape): ReadonlyMap<ByteString, Meaning> | null {
    this.work = maxWork
    return this.membersWithin(of, maxSteps)
  }

  /** What stands at a place, followed to where it is first defined. */
  occurrence(occurrence: Occurrence): Meaning | null {
    switch (occurrence.kind) {
      case 'variable':
        return this.origin(this.variable(occurrence.name, occurrence.scope))
      case 'attribute':
        return this.origin(this.member(occurrence.of, occurrence.name))
      case 'definition':
        return { kind: 'definition', definition: occurrence.definition }
      case 'inherited':
        return this.origin({ kind: 'definition', definition: occurrence.definition })
    }
  }

  /** What is told of a name that is defined in the text: of what it stands for. Null where nothing is. */
  documented(meaning: Meaning): DocumentedName | null {
    this.work = maxWork
    return this.documentedMeaning(meaning, maxSteps)
  }

  /** Of an inherited name what it is inherited from, if that can be seen. */
  private origin(meaning: Meaning | null): Meaning | null {
    let found = meaning
    for (let step = 0; step < maxSteps; step++) {
      if (found?.kind !== 'definition' || !found.definition.inherited) return found
      const { value } = found.definition
      const next: Meaning | null =
        value.kind === 'variable'
          ? this.variable(value.name, value.scope)
          : value.kind === 'member'
            ? this.member(value.of, value.name)
            : null
      if (next === null) return found
      found = next
    }
    return found
  }

  private lookUp(name: ByteString, scope: Scope, steps: number): Meaning | null {
    for (const around of outwards(scope)) {
      const definition = around.kind === 'with' ? undefined : around.definitions.get(name)
      if (definition !== undefined) return { kind: 'definition', definition }
    }
    const builtin = this.global(name)
    if (builtin !== null) return { kind: 'builtin', builtin }
    for (const around of outwards(scope)) {
      if (around.kind !== 'with') continue
      const found = this.membersWithin(around.subject, steps - 1)?.get(name)
      if (found !== undefined) return found
    }
    return null
  }

  private global(name: ByteString): BuiltinDocumentation | null {
    const builtin = this.builtins.get(name)
    if (builtin?.global === true) return builtin
    const hidden = name.startsWith('__') ? this.builtins.get(name.slice(2)) : undefined
    return hidden === undefined || hidden.global ? null : hidden
  }

  private membersWithin(of: Shape, steps: number): ReadonlyMap<ByteString, Meaning> | null {
    const value = this.value(of, steps)
    if (value.kind === 'set') {
      const members = new Map<ByteString, Meaning>()
      for (const [name, definition] of value.members) {
        members.set(name, { kind: 'definition', definition })
      }
      return members
    }
    if (value.kind === 'update') {
      const left = this.membersWithin(value.left, steps - 1)
      const right = this.membersWithin(value.right, steps - 1)
      return left === null && right === null ? null : new Map([...(left ?? []), ...(right ?? [])])
    }
    if (value.kind === 'variable') {
      // What is left of variables are builtins.
      const meaning = this.lookUp(value.name, value.scope, steps - 1)
      if (meaning?.kind !== 'builtin' || meaning.builtin.name !== 'builtins') return null
      return new Map(
        [...this.builtins].map(([name, builtin]) => [name, { kind: 'builtin', builtin }]),
      )
    }
    const members = this.documentedValue(of, steps - 1)?.members
    if (members === undefined || members.size === 0) return null
    return new Map(
      [...members].map(([name, member]) => [name, { kind: 'documented', name: member }]),
    )
  }

  /** What is told of a value: the collection, its `lib`, something in them. */
  private documentedValue(of: Shape, steps: number): DocumentedName | null {
    if (this.collection === null || steps <= 0 || this.work-- <= 0) return null
    switch (of.kind) {
      case 'variable': {
        const meaning = this.lookUp(of.name, of.scope, steps - 1)
        return meaning === null ? null : this.documentedMeaning(meaning, steps - 1)
      }
      case 'member': {
        const meaning = this.membersWithin(of.of, steps - 1)?.get(of.name)
        return meaning === undefined ? null : this.documentedMeaning(meaning, steps - 1)
      }
      case 'call':
        return this.documentedCall(of, steps - 1)
      default:
        return null
    }
  }

  private documentedMeaning(meaning: Meaning, steps: number): DocumentedName | null {
    if (meaning.kind === 'documented') return meaning.name
    if (meaning.kind === 'builtin' || this.collection === null) return null
    const { definition } = meaning
    return this.documentedValue(definition.value, steps - 1) ?? this.documentedParameter(definition)
  }

  /** Parameters are known by their names: `pkgs`, `lib`, and those that `callPackage` fills in. */
  private documentedParameter({ kind, name, scope }: Definition): DocumentedName | null {
    const { collection } = this
    if (collection === null || (kind !== 'formal' && kind !== 'parameter')) return null
    if (name === 'pkgs') return collection
    const found = collection.members.get(name) ?? null
    if (name === 'lib' || found === null) return found
    return kind === 'formal' && scope !== null && this.isPackage(scope) ? found : null
  }

  /** Whether a function is what a file consists of, and takes nothing that the collection does not have. */
  private isPackage({ parent, definitions }: Scope): boolean {
    if (parent?.kind !== 'root') return false
    const formals = [...definitions.values()].filter(({ kind }) => kind === 'formal')
    return formals.every(
      ({ name, valueSpan }) =>
        valueSpan.end > valueSpan.start || name === 'pkgs' || this.collection!.members.has(name),
    )
  }

  private documentedCall(of: Shape & { kind: 'call' }, steps: number): DocumentedName | null {
    const { collection } = this
    if (collection === null || steps <= 0) return null
    if (this.imported(of, steps) === '<nixpkgs/lib>') return collection.members.get('lib') ?? null
    if (this.imported(of.fn, steps) === '<nixpkgs>') return collection
    if (of.fn.kind === 'member' && variations.has(of.fn.name)) {
      return this.documentedValue(of.fn.of, steps - 1)
    }
    const fn = this.value(of.fn, steps - 1)
    return fn.kind === 'lambda' ? this.documentedValue(fn.body, steps - 1) : null
  }

  /** The path that a value is imported from, as it is written; null where that is not seen. */
  private imported(of: Shape, steps: number): ByteString | null {
    const call = this.value(of, steps - 1)
    if (call.kind !== 'call') return null
    const fn = this.value(call.fn, steps - 1)
    if (fn.kind !== 'variable' || fn.name !== 'import') return null
    const path = this.value(call.argument, steps - 1)
    return path.kind === 'path' ? path.text : null
  }

  /** A value as it is written, found through the names that stand for it. */
  private value(of: Shape, steps: number): Shape {
    if (steps <= 0 || this.work-- <= 0) return unknown
    switch (of.kind) {
      case 'variable': {
        const meaning = this.lookUp(of.name, of.scope, steps - 1)
        if (meaning?.kind === 'builtin') return of
        return meaning?.kind === 'definition'
          ? this.value(meaning.definition.value, steps - 1)
          : unknown
      }
      case 'member': {
        const meaning = this.membersWithin(of.of, steps - 1)?.get(of.name)
        return meaning?.kind === 'definition'
          ? this.value(meaning.definition.value, steps - 1)
          : unknown
      }
      case 'call': {
        const fn = this.value(of.fn, steps - 1)
        return fn.kind === 'lambda' ? this.value(fn.body, steps - 1) : of
      }
      default:
        return of
    }
  }
}

function* outwards(scope: Scope): Generator<Scope> {
  for (let around: Scope | null = scope; around !== null; around = around.parent) yield around
}
