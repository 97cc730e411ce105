/** What people are told of the builtins: hover, completion and the documentation are made of it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from './builtin'
import { builtinsDocumentation, constantDefinitions } from './builtins/constants'
import { builtinDefinitions } from './builtins/global-scope'

export interface BuiltinDocumentation extends Pick<
  BuiltinDefinition,
  'type' | 'since' | 'doc' | 'example'
> {
  name: ByteString
  /** Names of a function's arguments; empty for a constant. */
  args: readonly string[]
  /** Whether it can be had without `builtins.`. */
  global: boolean
}

/** By name, functions and constants. */
export const builtinDocumentation: ReadonlyMap<ByteString, BuiltinDocumentation> = new Map(
  [
    ...builtinDefinitions,
    ...constantDefinitions.map((constant) => ({ ...constant, args: [] })),
    { ...builtinsDocumentation, args: [] },
  ]
    .map(({ name, args, type, since, doc, example, global = false }): BuiltinDocumentation => {
      return { name, args, type, since, doc, global, ...(example === undefined ? {} : { example }) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((documentation) => [documentation.name, documentation]),
)
