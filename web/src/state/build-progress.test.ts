import type { BuildEvent, BuildResult } from '@snowglobe/worker/browser/api'
import { describe, expect, it } from 'vitest'
import {
  afterEvent,
  afterResult,
  beginBuild,
  describeDuration,
  describeProgress,
} from './build-progress'

const one = '/nix/store/aaa-one.drv'
const two = '/nix/store/bbb-two.drv'

function after(...events: BuildEvent[]) {
  return events.reduce((progress, event, at) => afterEvent(progress, event, at), beginBuild(0))
}

const plan: BuildEvent = {
  type: 'plan',
  derivations: [
    { path: one, name: 'one', forecast: 'build' },
    { path: two, name: 'two', forecast: 'build' },
  ],
}

describe('afterEvent', () => {
  it('says how much has been fetched of what is known of, until all has come', () => {
    const building: BuildEvent = { type: 'state', derivation: one, name: 'one', state: 'building' }
    const some: BuildEvent = { type: 'transfer', done: 2 ** 20, total: 3 * 2 ** 20 }
    expect(describeProgress(after(plan, building, some))).toMatch(/done, 1\.0 of 3\.0 MiB fetched$/)
    const all: BuildEvent = { type: 'transfer', done: 3 * 2 ** 20, total: 3 * 2 ** 20 }
    expect(describeProgress(after(plan, building, some, all))).toMatch(/done$/)
  })

  it('follows each derivation of the plan', () => {
    const progress = after(
      plan,
      { type: 'state', derivation: one, name: 'one', state: 'building' },
      { type: 'state', derivation: one, name: 'one', state: 'built' },
    )
    expect(progress.derivations.map(({ state }) => state)).toEqual(['built', 'waiting'])
    expect(progress.derivations[0]).toMatchObject({ startedAt: 1, endedAt: 2 })
    expect(describeProgress(progress)).toBe('1 of 2 derivations done')
  })

  it('tells what is ahead, and why', () => {
    const three = { path: '/nix/store/ccc-three.drv', name: 'three', forecast: 'present' } as const
    const four = { path: '/nix/store/ddd-four.drv', name: 'four', forecast: 'fetch' } as const
    const progress = after(
      { ...plan, derivations: [...plan.derivations, three, four] },
      { type: 'reasons', reasons: [{ path: two, reason: { kind: 'new' } }] },
    )
    expect(progress.derivations.map(({ state }) => state)).toEqual([
      'waiting',
      'waiting',
      'present',
      'waiting',
    ])
    expect(progress.derivations.map(({ reason }) => reason?.kind)).toEqual([
      undefined,
      'new',
      undefined,
      undefined,
    ])
    expect(describeProgress(progress)).toBe('2 to build, 1 to fetch, 1 already there')
    const building: BuildEvent = { type: 'state', derivation: two, name: 'two', state: 'building' }
    expect(afterEvent(progress, building, 9).derivations[1]).toMatchObject({
      state: 'building',
      reason: { kind: 'new' },
    })
    expect(describeProgress(afterResult(progress, { status: 'planned' }, 9))).toBe(
      '2 to build, 1 to fetch, 1 already there',
    )
    const nothing = after({ ...plan, derivations: [three] })
    expect(describeProgress(nothing)).toBe('Nothing to build: all is there already')
  })

  it('adds a derivation that the plan did not have', () => {
    const progress = after({ type: 'state', derivation: one, name: 'one', state: 'building' })
    expect(progress.derivations).toHaveLength(1)
  })

  it('keeps the states when the plan is told again after a reconnection', () => {
    const built: BuildEvent = { type: 'state', derivation: one, name: 'one', state: 'built' }
    expect(after(plan, built, plan).derivations[0]!.state).toBe('built')
  })

  it('tells sending, waiting and a lost connection', () => {
    expect(describeProgress(after({ type: 'uploading', done: 1, total: 3 }))).toContain('1 of 3')
    expect(describeProgress(after({ type: 'queued', position: 2 }))).toContain('number 2')
    const lost = after(plan, { type: 'connection', state: 'lost' })
    expect(describeProgress(lost)).toContain('Connection lost')
    expect(
      describeProgress(afterEvent(lost, { type: 'connection', state: 'restored' }, 9)),
    ).not.toContain('lost')
  })
})

describe('afterResult', () => {
  it('cancels what had not finished when stopped', () => {
    const progress = after(plan, { type: 'state', derivation: one, name: 'one', state: 'built' })
    const over = afterResult(progress, { status: 'stopped' }, 9)
    expect(over.derivations.map(({ state }) => state)).toEqual(['built', 'cancelled'])
  })

  it('is not undone by events that come later', () => {
    const state = (state: 'building' | 'failed'): BuildEvent => ({
      type: 'state',
      derivation: one,
      name: 'one',
      state,
    })
    const result: BuildResult = { status: 'not-buildable', reason: 'nothing', problems: [] }
    const over = afterResult(after(plan, state('building')), result, 9)
    const told = afterEvent(over, state('failed'), 10)
    expect(told).toMatchObject({ status: 'not-buildable', endedAt: 9 })
    expect(told.derivations[0]).toMatchObject({ state: 'failed', endedAt: 10 })
    expect(afterEvent(told, state('building'), 11)).toBe(told)
    expect(afterEvent(told, { type: 'connection', state: 'lost' }, 11)).toBe(told)
  })
})

it.each([
  [840, '0.8 s'],
  [12_400, '12 s'],
  [185_000, '3 min 5 s'],
  [119_900, '2 min 0 s'],
])('describeDuration(%d) is %s', (milliseconds, text) => {
  expect(describeDuration(milliseconds)).toBe(text)
})
