/** What Nix says of where a value of the wrong type stood; both evaluators say the same. */
import { NodeKind, type BinaryNode } from '../language/tree'

export const ifContext = 'while evaluating a branch condition'
export const assertContext = 'in the condition of the assert statement'
export const notContext = "in the argument of '!'"
export const withContext = 'while evaluating the first subexpression of a with expression'
export const selectContext = 'while selecting an attribute'
export const hasContext = "in the argument of '?'"
/** Of `+`, and of the parts of strings and paths. */
export const addContext = "in an operand of '+'"
export const concatContext = 'while evaluating one of the elements to concatenate'

export const leftContext = (operator: string) => `in the left operand of '${operator}'`
export const rightContext = (operator: string) => `in the right operand of '${operator}'`

const operatorSigns: Partial<Record<NodeKind, string>> = {
  [NodeKind.Equal]: '==',
  [NodeKind.NotEqual]: '!=',
  [NodeKind.Update]: '//',
  [NodeKind.Concat]: '++',
}

/** What is said of the left and of the right operand of a binary operator. */
export function sideContexts({ kind }: BinaryNode): [string, string] {
  if (kind === NodeKind.Add) return [addContext, addContext]
  const sign = operatorSigns[kind] ?? ''
  return [leftContext(sign), rightContext(sign)]
}
