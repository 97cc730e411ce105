/** What evaluators load to answer the editor. */
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import { Resolver } from '../intelligence/resolve'

export { complete } from '../intelligence/complete'
export { findDefinition, hover } from '../intelligence/hover'
export { outline } from '../intelligence/outline'
export { valueAt } from '../intelligence/value-at'

export const resolver = new Resolver(builtinDocumentation)
