/** Values as XML, as `toXML` and `nix-instantiate --xml` print them. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Position } from '../language/tree'
import { AttributeSet, compareBytes } from './attribute-set'
import { ContextBuilder } from './coerce'
import { isDerivation } from './equality'
import type { Evaluator } from './evaluator'
import { enterLevel } from './levels'
import type { Resumable } from './machine'
import { native } from './native-stack'
import { showFloat } from '../language/numbers'
import { isForced } from './thunk'
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
  const code = xmlResumable(evaluator, slot, options, new ContextBuilder(), 0)
  return evaluator.resume(code) as ByteString
}

/** The XML document of a value, as a byte string; what it refers to is added to the context. */
export function* xmlResumable(
  evaluator: Evaluator,
  slot: Slot,
  options: XmlOptions,
  context: ContextBuilder,
  position: Position,
): Resumable {
  const writer = new XmlWriter(evaluator, options, context)
  writer.open('expr')
  yield writer.write(slot, position)
  writer.close('expr')
  return writer.finish()
}

type XmlAttributes = Record<string, ByteString>

class XmlWriter {
  private readonly output: ByteString[] = ["<?xml version='1.0' encoding='utf-8'?>\n"]
  private depth = 0
  /** The attributes of a derivation are written once only, or it would never end. */
  private readonly derivations = new Set<ByteString>()

  constructor(
    private readonly evaluator: Evaluator,
    private readonly options: XmlOptions,
    private readonly context: ContextBuilder,
  ) {}

  finish(): ByteString {
    return this.output.join('')
  }

  open(name: string, attributes: XmlAttributes = {}): void {
    this.output.push('  '.repeat(this.depth), `<${name}${xmlAttributes(attributes)}>\n`)
    this.depth++
  }

  close(name: string): void {
    this.depth--
    this.output.push('  '.repeat(this.depth), `</${name}>\n`)
  }

  private empty(name: string, attributes: XmlAttributes = {}): void {
    this.output.push('  '.repeat(this.depth), `<${name}${xmlAttributes(attributes)} />\n`)
  }

  *write(slot: Slot, position: Position): Resumable {
    if (!this.options.strict && !isForced(slot)) {
      this.empty('unevaluated')
      return null
    }
    const value: Value = yield slot
    if (value === null) this.empty('null')
    else if (typeof value === 'boolean') this.empty('bool', { value: String(value) })
    else if (typeof value === 'number' || typeof value === 'bigint') {
      this.empty('int', { value: String(value) })
    } else if (value instanceof Float) this.empty('float', { value: showFloat(value.value) })
    else if (typeof value === 'string') this.empty('string', { value })
    else if (value instanceof ContextString) {
      this.context.addAll(value.context)
      this.empty('string', { value: value.text })
    } else if (value instanceof Path) this.empty('path', { value: value.path })
    else if (Array.isArray(value)) {
      const level = enterLevel(position)
      this.open('list')
      for (let i = 0; i < value.length; i++) yield this.write(value[i], position)
      this.close('list')
      native.callDepth = level
    } else if (value instanceof AttributeSet) {
      const level = enterLevel(position)
      if (yield isDerivation(value)) yield this.writeDerivation(value)
      else {
        this.open('attrs')
        yield this.writeAttributes(value)
        this.close('attrs')
      }
      native.callDepth = level
    } else this.writeFunction(value)
    return null
  }

  private *writeDerivation(set: AttributeSet): Resumable {
    const attributes: XmlAttributes = {}
    for (const name of ['drvPath', 'outPath']) {
      const slot = set.get(name)
      if (slot === undefined || (!this.options.strict && !isForced(slot))) continue
      const value: Value = yield slot
      if (typeof value === 'string') attributes[name] = value
      else if (value instanceof ContextString) attributes[name] = value.text
    }
    const { drvPath = '' } = attributes
    this.open('derivation', attributes)
    if (drvPath !== '' && !this.derivations.has(drvPath)) {
      this.derivations.add(drvPath)
      yield this.writeAttributes(set)
    } else this.empty('repeated')
    this.close('derivation')
    return null
  }

  private *writeAttributes(set: AttributeSet): Resumable {
    for (let i = 0; i < set.size; i++) {
      const position = set.shape.positionOf(i)
      this.open('attr', { ...this.location(position), name: set.names[i] })
      yield this.write(set.slots[i], position)
      this.close('attr')
    }
    return null
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

const escapes: Record<string, string> = {
  '"': '&quot;',
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '\n': '&#xA;',
}

/** In the order of their names. */
function xmlAttributes(attributes: XmlAttributes): ByteString {
  return Object.keys(attributes)
    .sort()
    .map((name) => ` ${name}="${attributes[name].replace(/["<>&\n]/g, (char) => escapes[char])}"`)
    .join('')
}
