import type { ByteString } from '@snowglobe/shared/bytes'
import { symbolNames, type Symbol } from './symbols'
import {
  NodeKind,
  type GlobalNode,
  type LocalNode,
  type Position,
  type WithVariableNode,
} from './tree'

/**
 * Every kind of variable in one shape: what kind it is turns out after it is made, and it is then
 * changed in place. Before the bind pass `slot` is the name's symbol.
 */
export interface Variable {
  kind: NodeKind.Local | NodeKind.Global | NodeKind.WithVariable
  position: Position
  name: ByteString
  level: number
  slot: number
  levels: number[]
}

const noLevels: number[] = []

/** A variable not yet bound. */
export function newVariable(position: Position, symbol: Symbol): GlobalNode {
  const variable: Variable = {
    kind: NodeKind.Global,
    position,
    name: symbolNames[symbol],
    level: 0,
    slot: symbol,
    levels: noLevels,
  }
  return variable as GlobalNode
}

/** A variable of an environment. */
export function boundLocal(
  position: Position,
  name: ByteString,
  level: number,
  slot: number,
): LocalNode {
  const kind = NodeKind.Local
  const variable: Variable = { kind, position, name, level, slot, levels: noLevels }
  return variable as LocalNode
}

/** A name of the global scope. */
export function boundGlobal(position: Position, name: ByteString): GlobalNode {
  const kind = NodeKind.Global
  const variable: Variable = { kind, position, name, level: 0, slot: 0, levels: noLevels }
  return variable as GlobalNode
}

/** A name that `with`s supply. */
export function boundWithVariable(
  position: Position,
  name: ByteString,
  levels: number[],
): WithVariableNode {
  const kind = NodeKind.WithVariable
  const variable: Variable = { kind, position, name, level: 0, slot: 0, levels }
  return variable as WithVariableNode
}
