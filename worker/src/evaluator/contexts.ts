/** What Nix says of where a value of the wrong type stood; both evaluators say the same. */

export const ifContext = 'while evaluating a branch condition'
export const assertContext = 'in the condition of the assert statement'
export const notContext = "in the argument of '!'"
export const withContext = 'while evaluating the first subexpression of a with expression'
export const concatContext = 'while evaluating one of the elements to concatenate'

export const leftContext = (operator: string) => `in the left operand of '${operator}'`
export const rightContext = (operator: string) => `in the right operand of '${operator}'`
