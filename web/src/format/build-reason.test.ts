import type { ChangeView, ReasonView } from '@snowglobe/worker/browser/api'
import { expect, it } from 'vitest'
import { describeReason } from './build-reason'

const attribute = (name: string, removed: string[] = [], added: string[] = []): ChangeView => {
  return { what: 'attribute', name, change: 'changed', removed, added }
}
const input = (name: string): ChangeView => {
  return { what: 'input', name, change: 'changed', removed: [], added: [] }
}
const changed = (origin: 'before' | 'channel', ...changes: ChangeView[]): ReasonView => {
  return { kind: 'changed', origin, changes }
}

it.each<[string, ReasonView]>([
  ['new', { kind: 'new' }],
  ['as in the channel, not built here yet', { kind: 'not-built', origin: 'channel' }],
  ['as in the last build, but not there any more', { kind: 'not-built', origin: 'before' }],
  ['its patches differ from the channel’s', changed('channel', attribute('patches'))],
  ['its input zlib-1.2 changed', changed('channel', input('zlib-1.2'))],
  [
    'its version (1.2 → 1.3) and src changed since the last build, and its inputs a and b changed',
    changed(
      'before',
      attribute('version', ['1.2'], ['1.3']),
      attribute('src'),
      input('a'),
      input('b'),
    ),
  ],
  [
    'its a, b, c and 2 more differ from the channel’s',
    changed('channel', ...['a', 'b', 'c', 'd', 'e'].map((name) => attribute(name))),
  ],
  ['its buildPhase differs from the channel’s', changed('channel', attribute('buildPhase'))],
])('says: %s', (text, reason) => {
  expect(describeReason(reason)).toBe(text)
})
