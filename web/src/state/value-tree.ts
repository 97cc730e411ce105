import type { ChildView, ValueView } from '@snowglobe/worker/browser/api'

/** So many children are asked for at a time. */
export const childrenAtOnce = 100

/** A value as the tree shows it: what is known of it, and whether it is open. */
export interface TreeNode {
  /** In its parent; '' for the root. */
  name: string
  value: ValueView
  open: boolean
  /** Being forced. */
  busy: boolean
  /** Null as long as they were never asked for. */
  children: TreeNode[] | null
  /** Why it could not be opened, where the value itself does not say. */
  failure: string | null
}

/** Names from the root down. */
export type TreePath = readonly string[]

/** One line of the tree, in the order of reading. */
export interface TreeRow {
  key: string
  path: TreePath
  level: number
  /** Null for the line that offers more children. */
  node: TreeNode | null
  position: number
  siblings: number
  /** Of the line that offers more: how many are not shown. */
  remaining: number
}

export function treeNode(name: string, value: ValueView): TreeNode {
  return { name, value, open: false, busy: false, children: null, failure: null }
}

/** Whether there is something to open: children, or a value to force. */
export function canOpen({ value }: TreeNode): boolean {
  if (value.handle === null) return false
  return value.kind === 'thunk' || value.size > 0
}

/** The tree with the node at `path` replaced; unchanged where there is no such node. */
export function updateNode(
  root: TreeNode,
  path: TreePath,
  change: (node: TreeNode) => TreeNode,
): TreeNode {
  if (path.length === 0) return change(root)
  if (root.children === null) return root
  const [first, ...rest] = path
  let found = false
  const children = root.children.map((child) => {
    if (found || child.name !== first) return child
    found = true
    return updateNode(child, rest, change)
  })
  return found ? { ...root, children } : root
}

export function nodeAt(root: TreeNode, path: TreePath): TreeNode | null {
  let node: TreeNode | undefined = root
  for (const name of path) node = node?.children?.find((child) => child.name === name)
  return node ?? null
}

/** The node with what forcing it gave: its value, and its first children or further ones. */
export function withChildren(
  node: TreeNode,
  value: ValueView,
  offset: number,
  children: readonly ChildView[],
): TreeNode {
  const before = offset === 0 ? [] : (node.children ?? []).slice(0, offset)
  const added = children.map((child) => treeNode(child.name, child.value))
  return { ...node, value, busy: false, failure: null, children: [...before, ...added] }
}

const keyOf = (path: TreePath) => JSON.stringify(path)

/** The lines to show: every node whose parents are all open. */
export function treeRows(root: TreeNode): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (node: TreeNode, path: TreePath, position: number, siblings: number): void => {
    const level = path.length + 1
    rows.push({ key: keyOf(path), path, level, node, position, siblings, remaining: 0 })
    if (!node.open || node.children === null) return
    const total = Math.max(node.value.size, node.children.length)
    node.children.forEach((child, index) => visit(child, [...path, child.name], index + 1, total))
    const remaining = total - node.children.length
    if (remaining > 0) {
      const more = { path, level: level + 1, node: null, position: total, siblings: total }
      rows.push({ key: `${keyOf(path)}…`, remaining, ...more })
    }
  }
  visit(root, [], 1, 1)
  return rows
}

/** The open nodes, parents first: to open the same places of the next value. */
export function openPaths(root: TreeNode): TreePath[] {
  return treeRows(root)
    .filter(({ node }) => node !== null && node.open)
    .map(({ path }) => path)
}

/** Where the keyboard goes from a row, as in every ARIA tree; null where there is nowhere to go. */
export function rowAfterKey(rows: readonly TreeRow[], at: number, key: string): number | null {
  const row = rows[at]
  if (row === undefined) return null
  switch (key) {
    case 'ArrowDown':
      return at + 1 < rows.length ? at + 1 : null
    case 'ArrowUp':
      return at > 0 ? at - 1 : null
    case 'Home':
      return 0
    case 'End':
      return rows.length - 1
    case 'ArrowRight': {
      const next = rows[at + 1]
      return row.node?.open === true && next !== undefined && next.level > row.level ? at + 1 : null
    }
    case 'ArrowLeft': {
      for (let before = at - 1; before >= 0; before--) {
        if (rows[before]!.level < row.level) return before
      }
      return null
    }
    default:
      return null
  }
}
