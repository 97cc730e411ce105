/** Values as XML, as `toXML` and `nix-instantiate --xml` print them. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { AttributeSet, compareBytes } from './attribute-set'
import { ContextBuilder } from './coerce'
import { isDerivation, saysDerivation } from './equality'
import type { Evaluator } from './evaluator'
import { enterLevel } from './levels'
import { runResumable, type Resumable } from './machine'
import { native } from './native-stack'
import { showFloat } from '../language/numbers'
import { force, isForced } from './thunk'
import {
  ContextString,
  Float,
  Lambda,
  PartialApplication,
  Path,
  type Slot,
  type Value,
} from './values'

export interface XmlOptions {
  /** What is not evaluated yet is; otherwise it is `<unevaluated />`. */
  strict: boolean
  /** Attributes and functions say where they are written. */
  location: boolean
}

/** The XML document of a value, as `nix-instantiate --xml` prints it. */
export function toXml(evaluator: Evaluator, slot: Slot, options: XmlOptions): ByteString {
  return evaluator.run(() => xmlDocument(evaluator, slot, options, new ContextBuilder(), 0))
}

/** The XML document of a value, as a byte string; what it refers to is added to the context. */
export function xmlDocument(
  evaluator: Evaluator,
  slot: Slot,
  options: XmlOptions,
  context: ContextBuilder,
  position: Position,
): ByteString {
  const writer = new XmlWriter(evaluator, options, context)
  writer.open('expr')
  writer.write(slot, position)
  writer.close('expr')
  return writer.finish()
}

/** As `xmlDocument`, resumable. */
export function* xmlResumable(
  evaluator: Evaluator,
  slot: Slot,
  options: XmlOptions,
  context: ContextBuilder,
  position: Position,
): Resumable {
  const writer = new XmlWriter(evaluator, options, context)
  writer.open('expr')
  yield writer.writeResumable(slot, position)
  writer.close('expr')
  return writer.finish()
}

type XmlAttributes = Record<string, ByteString>

/** So many pieces of text are put together at once: an array that grew with them would be copied. */
const piecesAtOnce = 4096

class XmlWriter {
  private text: ByteString = "<?xml version='1.0' encoding='utf-8'?>\n"
  /** What follows the text: the first `count` of these. */
  private readonly pieces = new Array<ByteString>(piecesAtOnce)
  private count = 0
  /** How many elements are open. */
  private depth = 0
  /** The attributes of a derivation are written once only, or it would never end. */
  private readonly derivations = new Set<ByteString>()

  constructor(
    private readonly evaluator: Evaluator,
    private readonly options: XmlOptions,
    private readonly context: ContextBuilder,
  ) {}

  finish(): ByteString {
    return this.text + this.pieces.slice(0, this.count).join('')
  }

  open(name: string, attributes: XmlAttributes | null = null): void {
    this.tag(name, attributes, '>\n')
    this.depth++
  }

  close(name: string): void {
    this.put(element(name).closing.at(--this.depth))
  }

  private empty(name: string, attributes: XmlAttributes | null = null): void {
    this.tag(name, attributes, ' />\n')
  }

  private tag(name: string, attributes: XmlAttributes | null, end: string): void {
    this.begin(name)
    if (attributes !== null) {
      for (const key of Object.keys(attributes).sort()) this.attribute(key, attributes[key])
    }
    this.put(end)
  }

  private attribute(name: string, value: ByteString): void {
    this.put(` ${name}="`)
    this.put(escaped(value))
    this.put('"')
  }

  private begin(name: string): void {
    this.put(element(name).beginning.at(this.depth))
  }

  private put(piece: ByteString): void {
    this.pieces[this.count++] = piece
    if (this.count < piecesAtOnce) return
    this.text += this.pieces.join('')
    this.count = 0
  }

  private ofValue(name: string, value: ByteString): void {
    this.put(element(name).valued.at(this.depth))
    this.put(escaped(value))
    this.put('" />\n')
  }

  write(slot: Slot, position: Position): void {
    if (this.isLeftOut(slot)) return
    const depth = native.depth
    if (depth >= native.limit) {
      runResumable(this.writeResumable(slot, position))
      return
    }
    native.depth = depth + 1
    const value = force(slot)
    if (Array.isArray(value)) {
      const level = enterLevel(position)
      this.open('list')
      for (let i = 0; i < value.length; i++) this.write(value[i] as Slot, position)
      this.close('list')
      native.callDepth = level
    } else if (value instanceof AttributeSet) {
      const level = enterLevel(position)
      if (saysDerivation(value)) this.writeDerivation(value)
      else {
        this.open('attrs')
        this.writeAttributes(value)
        this.close('attrs')
      }
      native.callDepth = level
    } else this.writeSimple(value)
    native.depth = depth
  }

  *writeResumable(slot: Slot, position: Position): Resumable {
    if (this.isLeftOut(slot)) return null
    const value: Value = yield slot
    if (Array.isArray(value)) {
      const level = enterLevel(position)
      this.open('list')
      for (let i = 0; i < value.length; i++) yield this.writeResumable(value[i] as Slot, position)
      this.close('list')
      native.callDepth = level
    } else if (value instanceof AttributeSet) {
      const level = enterLevel(position)
      if (yield isDerivation(value)) yield this.writeDerivationResumable(value)
      else {
        this.open('attrs')
        yield this.writeAttributesResumable(value)
        this.close('attrs')
      }
      native.callDepth = level
    } else this.writeSimple(value)
    return null
  }

  /** Whether a slot is not to be evaluated: then that is written. */
  private isLeftOut(slot: Slot): boolean {
    if (this.options.strict || isForced(slot)) return false
    this.empty('unevaluated')
    return true
  }

  /** Writes what is neither a list nor a set. */
  private writeSimple(value: Value): void {
    if (value === null) this.empty('null')
    else if (typeof value === 'boolean') this.ofValue('bool', String(value))
    else if (typeof value === 'number' || typeof value === 'bigint') {
      this.ofValue('int', String(value))
    } else if (value instanceof Float) this.ofValue('float', showFloat(value.value))
    else if (typeof value === 'string') this.ofValue('string', value)
    else if (value instanceof ContextString) {
      this.context.addAll(value.context)
      this.ofValue('string', value.text)
    } else if (value instanceof Path) this.ofValue('path', value.path)
    else this.writeFunction(value)
  }

  private writeDerivation(set: AttributeSet): void {
    const attributes: XmlAttributes = {}
    for (const name of derivationPaths) {
      const slot = this.pathSlot(set, name)
      if (slot !== undefined) noteText(attributes, name, force(slot))
    }
    if (this.openDerivation(attributes)) this.writeAttributes(set)
    this.close('derivation')
  }

  private *writeDerivationResumable(set: AttributeSet): Resumable {
    const attributes: XmlAttributes = {}
    for (const name of derivationPaths) {
      const slot = this.pathSlot(set, name)
      if (slot !== undefined) noteText(attributes, name, yield slot)
    }
    if (this.openDerivation(attributes)) yield this.writeAttributesResumable(set)
    this.close('derivation')
    return null
  }

  private pathSlot(set: AttributeSet, name: ByteString): Slot | undefined {
    const slot = set.get(name)
    return slot === undefined || this.options.strict || isForced(slot) ? slot : undefined
  }

  /** Gives whether the derivation's attributes come next. */
  private openDerivation(attributes: XmlAttributes): boolean {
    const { drvPath = '' } = attributes
    this.open('derivation', attributes)
    if (drvPath !== '' && !this.derivations.has(drvPath)) {
      this.derivations.add(drvPath)
      return true
    }
    this.empty('repeated')
    return false
  }

  private writeAttributes(set: AttributeSet): void {
    const { shape, slots } = set
    for (let i = 0; i < slots.length; i++) {
      const position = shape.positionOf(i)
      this.openAttribute(shape.names[i], position)
      this.write(slots[i], position)
      this.close('attr')
    }
  }

  private *writeAttributesResumable(set: AttributeSet): Resumable {
    const { shape, slots } = set
    for (let i = 0; i < slots.length; i++) {
      const position = shape.positionOf(i)
      this.openAttribute(shape.names[i], position)
      yield this.writeResumable(slots[i], position)
      this.close('attr')
    }
    return null
  }

  private openAttribute(name: ByteString, position: Position): void {
    if (this.options.location) this.open('attr', { ...this.location(position), name })
    else {
      this.put(element('attr').named.at(this.depth++))
      this.put(escaped(name))
      this.put('">\n')
    }
  }

  private writeFunction(value: Value): void {
    const given = value instanceof PartialApplication ? value.args.length : 0
    const lambda = value instanceof PartialApplication ? value.fn : value
    if (!(lambda instanceof Lambda)) {
      this.empty('unevaluated')
      return
    }
    const { parameters, parameterPositions, position, formals } = lambda.code.node
    this.open('function', this.location(parameterPositions[given] ?? position))
    if (formals === null) this.empty('varpat', { name: parameters[given] })
    else {
      const attributes: XmlAttributes = {}
      if (formals.ellipsis) attributes['ellipsis'] = '1'
      if (parameters[0] !== '') attributes['name'] = parameters[0]
      this.open('attrspat', attributes)
      for (const formal of [...formals.formals].sort((a, b) => compareBytes(a.name, b.name))) {
        this.empty('attr', { name: formal.name })
      }
      this.close('attrspat')
    }
    this.close('function')
  }

  private location(position: Position): XmlAttributes {
    const place = this.options.location ? this.evaluator.positions.place(position) : null
    if (place === null) return {}
    const { origin, line, column } = place
    const attributes: XmlAttributes = { column: String(column), line: String(line) }
    if (origin.kind === 'file') attributes['path'] = origin.path
    return attributes
  }
}

/** A text after two spaces for each level: one string for each depth, however often it is written. */
class Indented {
  private readonly known: ByteString[] = []

  constructor(private readonly text: ByteString) {}

  at(depth: number): ByteString {
    if (depth >= deepestKnown) return '  '.repeat(depth) + this.text
    for (let i = this.known.length; i <= depth; i++) {
      this.known.push(['  '.repeat(i), this.text].join(''))
    }
    return this.known[depth]
  }
}

const deepestKnown = 100

/** How lines of an element begin and end. */
class ElementText {
  readonly beginning: Indented
  readonly named: Indented
  readonly valued: Indented
  readonly closing: Indented

  constructor(name: string) {
    this.beginning = new Indented(`<${name}`)
    this.named = new Indented(`<${name} name="`)
    this.valued = new Indented(`<${name} value="`)
    this.closing = new Indented(`</${name}>\n`)
  }
}

const elements = new Map<string, ElementText>()

function element(name: string): ElementText {
  let found = elements.get(name)
  if (found === undefined) elements.set(name, (found = new ElementText(name)))
  return found
}

const escapes: Record<string, string> = {
  '"': '&quot;',
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '\n': '&#xA;',
}

const derivationPaths = ['drvPath', 'outPath']

function noteText(attributes: XmlAttributes, name: string, value: Value): void {
  if (typeof value === 'string') attributes[name] = value
  else if (value instanceof ContextString) attributes[name] = value.text
}

function escaped(text: ByteString): ByteString {
  return text.replace(/["<>&\n]/g, (char) => escapes[char])
}
