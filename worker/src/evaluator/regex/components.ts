import { NodeKind, type Node } from './automaton'

/**
 * Which nodes lie on a common cycle that consumes nothing: the strongly connected components of the
 * automaton without its byte edges, by Tarjan's algorithm. `cyclic` tells of each component whether
 * it is a cycle rather than one node.
 */
export function emptyCycles(nodes: readonly Node[]): { of: Int32Array; cyclic: boolean[] } {
  const count = nodes.length
  const of = new Int32Array(count).fill(-1)
  const cyclic: boolean[] = []
  const order = new Int32Array(count).fill(-1)
  const low = new Int32Array(count)
  const open: number[] = []
  // Nodes being visited, and how many of their edges have been followed.
  const path: number[] = []
  const followed = new Uint8Array(count)
  let next = 0

  const enter = (node: number) => {
    order[node] = low[node] = next++
    open.push(node)
    path.push(node)
  }
  for (let root = 0; root < count; root++) {
    if (order[root] >= 0) continue
    enter(root)
    while (path.length > 0) {
      const node = path[path.length - 1]
      if (followed[node] < 2) {
        const target = edge(nodes[node], followed[node]++)
        if (target < 0) continue
        if (order[target] < 0) enter(target)
        else if (of[target] < 0) low[node] = Math.min(low[node], order[target])
        continue
      }
      path.pop()
      if (path.length > 0) {
        const parent = path[path.length - 1]
        low[parent] = Math.min(low[parent], low[node])
      }
      if (low[node] !== order[node]) continue
      const component = cyclic.length
      let size = 0
      for (let member = -1; member !== node; size++) {
        member = open.pop()!
        of[member] = component
      }
      cyclic.push(size > 1)
    }
  }
  return { of, cyclic }
}

/** The two edges of a node that consume nothing; -1 where there is none. */
function edge(node: Node, index: number): number {
  if (node.kind === NodeKind.Match) return -1
  return index === 0 ? node.alternative : node.next
}
