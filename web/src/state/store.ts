import { batch, computed, signal } from '@preact/signals'
import type { DerivationView, PathView, StoreFile } from '@snowglobe/worker/browser/api'
import { machine } from '../machine'
import { ask, type Asked } from './asked'
import type { BuiltOutput } from './build-progress'
import { showResult } from './layout'

// The derivation view

/** The `.drv`s opened one from another, the one shown last. */
export const derivationTrail = signal<string[]>([])
export const derivation = signal<Asked<DerivationView | null> | null>(null)

/** Shows a derivation; from another one, which Back returns to, if `follow`. */
export function openDerivation(path: string, follow = false): void {
  const trail = follow ? derivationTrail.value : []
  batch(() => {
    derivationTrail.value = trail[trail.length - 1] === path ? trail : [...trail, path]
    showResult('derivation')
  })
  void loadDerivation(path)
}

export function backToDerivation(): void {
  const trail = derivationTrail.value.slice(0, -1)
  const path = trail[trail.length - 1]
  if (path === undefined) return
  derivationTrail.value = trail
  void loadDerivation(path)
}

async function loadDerivation(path: string): Promise<void> {
  await ask(machine.derivation(path), (asked) => {
    const trail = derivationTrail.peek()
    if (trail[trail.length - 1] === path) derivation.value = asked
  })
}

// The files of store paths

/** A place inside a store path: '' is the path itself. */
export interface FilePlace {
  path: string
  inside: string
}

export type Opened =
  { type: 'directory'; entries: StoreFile[] } | { type: 'file'; bytes: Uint8Array; size: number }

export const place = signal<FilePlace | null>(null)
export const opened = signal<Asked<Opened> | null>(null)
export const placeInfo = signal<PathView | null>(null)

/** The outputs of the last build are what the files browser shows. */
export function openOutputs(outputs: readonly BuiltOutput[]): void {
  if (outputs[0] !== undefined) void openPlace({ path: outputs[0].path, inside: '' })
}

/** Shows a directory or a file of a store path; which of them it is, the store says. */
export async function openPlace(next: FilePlace, kind?: StoreFile['type']): Promise<void> {
  const samePath = place.peek()?.path === next.path
  batch(() => {
    place.value = next
    if (!samePath) placeInfo.value = null
  })
  if (!samePath) void loadInfo(next.path)
  await ask(read(next, kind), (asked) => {
    if (place.peek() === next) opened.value = asked
  })
}

async function loadInfo(path: string): Promise<void> {
  const info = await machine.pathInfo(path).catch(() => null)
  if (place.peek()?.path === path) placeInfo.value = info
}

async function read({ path, inside }: FilePlace, kind?: StoreFile['type']): Promise<Opened> {
  const file = async (): Promise<Opened> => {
    const { bytes, size } = await machine.readFile(path, inside)
    return { type: 'file', bytes, size }
  }
  const directory = async (): Promise<Opened> => {
    return { type: 'directory', entries: await machine.listFiles(path, inside) }
  }
  if (kind === 'regular' || kind === 'executable') return file()
  if (kind === 'directory') return directory()
  // An output may itself be a file: what cannot be listed is read.
  return directory().catch((error: unknown) => file().catch(() => Promise.reject(error)))
}

/** Closes a file or folder: shows the folder around it. */
export function openParent(): void {
  if (place.value === null || place.value.inside === '') return
  const { path, inside } = place.value
  const slash = inside.lastIndexOf('/')
  void openPlace({ path, inside: slash < 0 ? '' : inside.slice(0, slash) }, 'directory')
}

/** Shows a store path's files in Result; a `.drv` in its readable form. */
export function openStorePath(path: string, follow = false): void {
  if (path.endsWith('.drv')) return openDerivation(path, follow)
  showResult('outputs')
  void openPlace({ path, inside: '' })
}

/** Closes the files browser. */
export function forgetPlace(): void {
  batch(() => {
    place.value = null
    opened.value = null
    placeInfo.value = null
  })
}

// The list of paths

export const paths = signal<Asked<PathView[]> | null>(null)
export const pathFilter = signal('')
export const pathOrder = signal<'name' | 'size'>('name')

export const pathsShown = computed<PathView[]>(() => {
  if (paths.value?.state !== 'here') return []
  const wanted = pathFilter.value.trim().toLowerCase()
  const found = paths.value.value.filter(({ path }) => path.toLowerCase().includes(wanted))
  if (pathOrder.value === 'size') return found.sort((one, other) => other.narSize - one.narSize)
  return found.sort((one, other) => (nameOf(one.path) < nameOf(other.path) ? -1 : 1))
})

/** `hello-1.0` of `/nix/store/<hash>-hello-1.0`. */
export function nameOf(path: string): string {
  return path.replace(/^.*\/[0-9a-z]{32}-/, '')
}

/** Asks again which paths the store holds; what is shown stays until the answer is there. */
export async function refreshPaths(): Promise<void> {
  await ask(machine.paths(), (asked) => {
    if (asked.state !== 'busy' || paths.peek()?.state !== 'here') paths.value = asked
  })
}
