/**
 * Reads a Nix expression: the whole grammar, with Nix's own messages for what is wrong.
 *
 * The parser is a machine: each step reads a little, changes the stack of frames, and names the next
 * step. So nothing nests on the native stack, which in a browser's worker is small. A step may call
 * another to save a turn, but never so that the calls come back to where they began.
 *
 * Variables come out as Global nodes whose `slot` is the name's symbol; the bind pass (bind.ts) then
 * makes of them what they are.
 */
import type { ByteString } from '@snowglobe/shared/bytes'
import { bind } from './bind'
import { afterName } from './parse-attribute-paths'
import {
  afterExpression,
  afterSimple,
  expression,
  operand,
  selectPath,
  simple,
} from './parse-expressions'
import { afterFormals, formal } from './parse-functions'
import { afterOperand, hasAttributePath } from './parse-operators'
import { pathParts } from './parse-paths'
import { binding, bindingPathEnd, inheritName } from './parse-sets'
import { indented, quoted } from './parse-strings'
import { ParserState, type ParseOptions, type ParseWarning } from './parser-state'
import type { SourceText } from './positions'
import { Step } from './step'
import { NixSyntaxError } from './syntax-error'
import type { Node } from './tree'

/** What a source text became. */
export interface SyntaxTree {
  node: Node
  /** What the tree's positions point into. */
  source: SourceText
  warnings: readonly ParseWarning[]
}

/**
 * Parses a source text and binds its variables.
 *
 * @throws NixSyntaxError with the problem that Nix would report, and in `errors` the others found.
 */
export function parse(source: ByteString, options: ParseOptions): SyntaxTree {
  const state = new ParserState(source, options)
  run(state)
  if (state.errors.length > 0) throw new NixSyntaxError(state.errors)
  const node = state.value
  const undefinedVariables = bind(node, options.globals, options.scope)
  if (undefinedVariables.length > 0) throw new NixSyntaxError(undefinedVariables)
  return { node, source: state.text, warnings: state.warnings }
}

/** Reads the whole text; its expression is then the state's value. */
function run(p: ParserState): void {
  p.lexer.next()
  let step: Step = Step.Expression
  for (;;) {
    switch (step) {
      case Step.Done:
        return
      case Step.Expression:
        step = expression(p)
        break
      case Step.Operand:
        step = operand(p)
        break
      case Step.Simple:
        step = simple(p)
        break
      case Step.AfterSimple:
        step = afterSimple(p)
        break
      case Step.AfterOperand:
        step = afterOperand(p)
        break
      case Step.AfterExpression:
        step = afterExpression(p)
        break
      case Step.Binding:
        step = binding(p)
        break
      case Step.Quoted:
        step = quoted(p)
        break
      case Step.Indented:
        step = indented(p)
        break
      case Step.PathParts:
        step = pathParts(p)
        break
      case Step.Formal:
        step = formal(p)
        break
      case Step.AfterFormals:
        step = afterFormals(p)
        break
      case Step.AfterName:
        step = afterName(p)
        break
      case Step.SelectPath:
        step = selectPath(p)
        break
      case Step.HasAttributePath:
        step = hasAttributePath(p)
        break
      case Step.BindingPath:
        step = bindingPathEnd(p)
        break
      case Step.InheritName:
        step = inheritName(p)
        break
    }
  }
}
