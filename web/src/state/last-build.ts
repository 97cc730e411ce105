import type { Snippet } from '@snowglobe/shared/snippet'
import type { BuiltOutput } from './build-progress'

/** What this tab remembers of its last build over a reload. */
export interface LastBuild {
  snippet: Snippet
  /** Null while it ran: a reload joins it again. */
  outputs: BuiltOutput[] | null
}

const key = 'snowglobe-last-build'

/** Remembers a build for the time that this tab is open; null forgets it. */
export function rememberBuild(build: LastBuild | null): void {
  try {
    if (build === null) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, JSON.stringify(build))
  } catch {
    // Without session storage, outputs are found in the Store tab after a reload.
  }
}

export function rememberedBuild(): LastBuild | null {
  try {
    const text = sessionStorage.getItem(key)
    return text === null ? null : (JSON.parse(text) as LastBuild)
  } catch {
    return null
  }
}
