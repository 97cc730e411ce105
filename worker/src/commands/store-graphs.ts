/** Closures as trees and graphs, in the forms that `nix-store --query` prints. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { parseStorePath } from '@snowglobe/shared/store-path'
import type { StoreGraph } from '../store/store-graph'
import { branch, gap, lastBranch, trunk } from './drawing'

const colours = ['black', 'red', 'green', 'blue', 'magenta', 'burlywood']

/** What paths refer to, as a tree; what was shown before is not shown again. Throws StoreError. */
export function tree(graph: StoreGraph, paths: readonly ByteString[]): ByteString {
  const lines: ByteString[] = []
  const done = new Set<ByteString>()
  // A stack of its own: dependencies go deeper than the native stack.
  const pending = [...paths].reverse().map((path) => ({ path, first: '', tail: '' }))
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, first, tail } = next
    if (done.has(path)) {
      lines.push(`${first}${path} [...]\n`)
      continue
    }
    done.add(path)
    lines.push(`${first}${path}\n`)
    const references = graph.sorted(graph.node(path).references).reverse()
    pending.push(
      ...references.map((reference, i) => ({
        path: reference,
        first: tail + (i === 0 ? lastBranch : branch),
        tail: tail + (i === 0 ? gap : trunk),
      })),
    )
  }
  return lines.join('')
}

/** Graphviz's language. Edges lead from what is referred to, to what refers to it. */
export function dotGraph(
  storeDir: ByteString,
  graph: StoreGraph,
  paths: readonly ByteString[],
): ByteString {
  let edges = 0
  const lines = ['digraph G {\n']
  for (const { path, references } of walk(graph, paths)) {
    const { name } = parseStorePath(storeDir, path)
    lines.push(
      `"${baseName(path)}" [label = "${name}", shape = box, style = filled, fillcolor = "#ff0000"];\n`,
    )
    for (const reference of references) {
      const colour = colours[edges++ % colours.length]
      lines.push(`"${baseName(reference)}" -> "${baseName(path)}" [color = "${colour}"];\n`)
    }
  }
  return [...lines, '}\n'].join('')
}

/** GraphML. Edges lead from what refers to what is referred to. */
export function graphMl(
  storeDir: ByteString,
  graph: StoreGraph,
  paths: readonly ByteString[],
): ByteString {
  const lines = [
    "<?xml version='1.0' encoding='utf-8'?>\n",
    "<graphml xmlns='http://graphml.graphdrawing.org/xmlns'\n",
    "    xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'\n",
    "    xsi:schemaLocation='http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd'>\n",
    "<key id='narSize' for='node' attr.name='narSize' attr.type='long'/>",
    "<key id='name' for='node' attr.name='name' attr.type='string'/>",
    "<key id='type' for='node' attr.name='type' attr.type='string'/>",
    "<graph id='G' edgedefault='directed'>\n",
  ]
  for (const { path, references } of walk(graph, paths)) {
    const { name } = parseStorePath(storeDir, path)
    lines.push(
      `  <node id="${baseName(path)}">\n`,
      `    <data key="narSize">${graph.node(path).narSize}</data>\n`,
      // As Nix: the name up to its first dash, and nothing where it has none.
      `    <data key="name">${name.slice(0, name.indexOf('-') + 1)}</data>\n`,
      `    <data key="type">${path.endsWith('.drv') ? 'derivation' : 'output-path'}</data>\n`,
      '  </node>\n',
    )
    for (const reference of references) {
      lines.push(`  <edge source="${baseName(path)}" target="${baseName(reference)}"/>\n`)
    }
  }
  return [...lines, '</graph>\n', '</graphml>\n'].join('')
}

/** The closure in Nix's order: always the smallest path that is known and was not visited. */
function* walk(graph: StoreGraph, paths: readonly ByteString[]) {
  const done = new Set<ByteString>()
  const pending = new Set(paths)
  while (pending.size > 0) {
    let path: ByteString | null = null
    for (const candidate of pending) if (path === null || candidate < path) path = candidate
    pending.delete(path!)
    if (done.has(path!)) continue
    done.add(path!)
    const references = graph.node(path!).references.filter((reference) => reference !== path)
    references.sort()
    for (const reference of references) if (!done.has(reference)) pending.add(reference)
    yield { path: path!, references }
  }
}

function baseName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
