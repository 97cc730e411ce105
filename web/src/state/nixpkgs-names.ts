import { signal } from '@preact/signals'
import type { Problem } from '@snowglobe/worker/browser/api'

/** Names of packages of nixpkgs; null until somebody needs them. */
const names = signal<ReadonlySet<string> | null>(null)
let loading: Promise<void> | null = null

/** The name that a problem says is not there, or null. */
export function missingName({ code, message }: Problem): string | null {
  const patterns: Record<string, RegExp> = {
    'missing-attribute': /^attribute '([^']+)' missing/,
    'undefined-variable': /^undefined variable '([^']+)'/,
    'missing-argument': /called without required argument '([^']+)'/,
  }
  return patterns[code]?.exec(message)?.[1] ?? null
}

/** Whether nixpkgs has a package of this name; false until the names have been loaded. */
export function isInNixpkgs(name: string): boolean {
  loading ??= import('../data/nixpkgs-names.txt?raw').then(({ default: text }) => {
    names.value = new Set(text.split('\n'))
  })
  return names.value?.has(name) ?? false
}
