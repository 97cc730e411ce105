/** What the Store view asks beyond the list of paths: one path, roots, garbage, damage. */
import { batch, signal } from '@preact/signals'
import type {
  ClosureComparison,
  CollectedView,
  DamageView,
  DependencyStepView,
  GarbageView,
  PathDetails,
  RootView,
} from '@snowglobe/worker/browser/api'
import { machine } from '../machine'
import { announce } from './announce'
import { ask, type Asked } from './asked'
import { evaluateSoon } from './evaluation'
import { refreshPaths } from './store'

export type StoreView = 'paths' | 'roots' | 'garbage' | 'check'

export const storeView = signal<StoreView>('paths')
/** The path whose surroundings are shown; null shows the list. */
export const shownPath = signal<string | null>(null)
export const details = signal<Asked<PathDetails | null> | null>(null)
export const roots = signal<Asked<RootView[]> | null>(null)
export const garbage = signal<Asked<GarbageView> | null>(null)
export const collected = signal<Asked<CollectedView> | null>(null)
export const damages = signal<Asked<DamageView[]> | null>(null)
/** What `why` is about, and the answer. */
export const whyTarget = signal<string | null>(null)
export const why = signal<Asked<DependencyStepView[] | null> | null>(null)
/** The path with which the shown one is compared, and the answer. */
export const comparedWith = signal<string | null>(null)
export const comparison = signal<Asked<ClosureComparison> | null>(null)
/** What has become of paths that are got again, by path. */
export const repairs = signal<ReadonlyMap<string, Asked<void>>>(new Map())

export function showStoreView(view: StoreView): void {
  batch(() => {
    storeView.value = view
    shownPath.value = null
    collected.value = null
  })
  if (view === 'paths') void refreshPaths()
  if (view === 'roots') void refreshRoots()
  if (view === 'garbage') void previewGarbage()
}

/** Shows one path and what surrounds it. */
export function showPath(path: string): void {
  batch(() => {
    storeView.value = 'paths'
    shownPath.value = path
    details.value = null
    whyTarget.value = null
    why.value = null
    comparedWith.value = null
    comparison.value = null
  })
  void refreshDetails(path)
}

export function backToPaths(): void {
  shownPath.value = null
}

async function refreshDetails(path: string): Promise<void> {
  await ask(machine.pathDetails(path), (asked) => {
    if (shownPath.peek() !== path) return
    if (asked.state !== 'busy' || details.peek()?.state !== 'here') details.value = asked
  })
}

/** Keeps a path from being collected, or lets it go. */
export async function keepPath(path: string, keep: boolean): Promise<void> {
  await machine.keepPath(path, keep)
  announce(keep ? 'Kept: garbage collection leaves it.' : 'Let go.')
  await refreshDetails(path)
}

export async function removeRoot(name: string): Promise<void> {
  await machine.removeRoot(name)
  await refreshRoots()
}

async function refreshRoots(): Promise<void> {
  await ask(machine.roots(), (asked) => {
    if (asked.state !== 'busy' || roots.peek()?.state !== 'here') roots.value = asked
  })
}

export async function previewGarbage(): Promise<void> {
  await ask(machine.previewGarbage(), (asked) => {
    garbage.value = asked
  })
}

/** Deletes what nothing keeps. What was evaluated is evaluated again: its paths may be gone. */
export async function collectGarbage(): Promise<void> {
  await ask(machine.collectGarbage(), (asked) => {
    collected.value = asked
  })
  evaluateSoon()
  await Promise.all([previewGarbage(), refreshPaths()])
}

export async function verifyStore(): Promise<void> {
  repairs.value = new Map()
  await ask(machine.verifyStore(), (asked) => {
    damages.value = asked
  })
}

/** Gets the right contents of a damaged path again. */
export async function repairPath(path: string): Promise<void> {
  await ask(machine.repairPath(path), (asked) => {
    repairs.value = new Map([...repairs.peek(), [path, asked]])
  })
}

/** Asks what has changed between another path and the one that is shown. */
export async function compareWith(before: string): Promise<void> {
  const after = shownPath.peek()
  if (after === null) return
  comparedWith.value = before
  await ask(machine.compareClosures(before, after), (asked) => {
    if (comparedWith.peek() === before && shownPath.peek() === after) comparison.value = asked
  })
}

/** Asks why the path that is shown depends on another. */
export async function askWhy(to: string): Promise<void> {
  const from = shownPath.peek()
  if (from === null) return
  whyTarget.value = to
  await ask(machine.whyDepends(from, to), (asked) => {
    if (whyTarget.peek() === to && shownPath.peek() === from) why.value = asked
  })
}
