import type { ValueView } from '@snowglobe/worker/browser/api'
import { describe, expect, it } from 'vitest'
import {
  canOpen,
  nodeAt,
  openPaths,
  rowAfterKey,
  treeNode,
  treeRows,
  updateNode,
  withChildren,
} from './value-tree'

const handle = { generation: 1, id: 1 }
const number = (text: string): ValueView => ({ kind: 'int', summary: text, size: 0, handle: null })
const set = (size: number): ValueView => ({
  kind: 'attribute set',
  summary: `{ ${size} attributes }`,
  size,
  handle,
})
const open = { open: true }

function tree() {
  const root = withChildren({ ...treeNode('', set(3)), ...open }, set(3), 0, [
    { name: 'a', value: number('1') },
    { name: 'b', value: set(1) },
  ])
  return updateNode(root, ['b'], (node) => ({
    ...withChildren(node, set(1), 0, [{ name: 'c', value: number('2') }]),
    ...open,
  }))
}

describe('treeRows', () => {
  it('lists what is open in the order of reading and says how much is not shown', () => {
    const rows = treeRows(tree())
    expect(rows.map(({ node }) => node?.name ?? '…')).toEqual(['', 'a', 'b', 'c', '…'])
    expect(rows.map(({ level }) => level)).toEqual([1, 2, 2, 3, 2])
    expect(rows[4]!.remaining).toBe(1)
    expect(rows[2]).toMatchObject({ position: 2, siblings: 3 })
  })

  it('hides what lies below a closed node but remembers it', () => {
    const closed = updateNode(tree(), ['b'], (node) => ({ ...node, open: false }))
    expect(treeRows(closed).map(({ node }) => node?.name ?? '…')).toEqual(['', 'a', 'b', '…'])
    expect(nodeAt(closed, ['b', 'c'])?.value.summary).toBe('2')
  })
})

describe('updateNode', () => {
  it('leaves the tree alone where there is no such node', () => {
    const before = tree()
    expect(updateNode(before, ['x'], () => treeNode('x', number('9')))).toBe(before)
  })
})

describe('withChildren', () => {
  it('adds further children after those already there', () => {
    const more = withChildren(tree(), set(3), 2, [{ name: 'd', value: number('3') }])
    expect(more.children!.map(({ name }) => name)).toEqual(['a', 'b', 'd'])
    expect(nodeAt(more, ['b', 'c'])).not.toBeNull()
  })
})

describe('canOpen', () => {
  it('opens thunks and whatever has children', () => {
    expect(canOpen(treeNode('', set(1)))).toBe(true)
    expect(canOpen(treeNode('', set(0)))).toBe(false)
    expect(canOpen(treeNode('', { kind: 'thunk', summary: '«thunk»', size: 0, handle }))).toBe(true)
    expect(canOpen(treeNode('', number('1')))).toBe(false)
  })
})

it('openPaths gives parents before children', () => {
  expect(openPaths(tree())).toEqual([[], ['b']])
})

describe('rowAfterKey', () => {
  const rows = treeRows(tree())

  it('moves by line and stops at both ends', () => {
    expect(rowAfterKey(rows, 0, 'ArrowDown')).toBe(1)
    expect(rowAfterKey(rows, 4, 'ArrowDown')).toBeNull()
    expect(rowAfterKey(rows, 0, 'ArrowUp')).toBeNull()
    expect(rowAfterKey(rows, 1, 'End')).toBe(4)
  })

  it('goes into an open node and out to its parent', () => {
    expect(rowAfterKey(rows, 2, 'ArrowRight')).toBe(3)
    expect(rowAfterKey(rows, 1, 'ArrowRight')).toBeNull()
    expect(rowAfterKey(rows, 3, 'ArrowLeft')).toBe(2)
    expect(rowAfterKey(rows, 4, 'ArrowLeft')).toBe(0)
    expect(rowAfterKey(rows, 0, 'ArrowLeft')).toBeNull()
  })
})
