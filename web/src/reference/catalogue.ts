import { computed, signal } from '@preact/signals'
import { documentation, referenceQuery } from '../state/reference'
import { entriesOf, sectionOf, type Entry, type Section } from './entries'
import { search } from './search'

/** Everything that the Reference tells of; empty until it is loaded. */
export const entries = computed<Entry[]>(() => {
  const loaded = documentation.value
  return loaded?.state === 'here' ? entriesOf(loaded.value) : []
})

const byName = computed<Map<string, Entry>>(() => {
  const found = new Map<string, Entry>()
  for (const entry of entries.value) found.set(entry.id, entry)
  for (const entry of entries.value) {
    for (const name of entry.names) if (!found.has(name)) found.set(name, entry)
  }
  return found
})

/** The entry of any of its names; null where there is none. */
export function entryOf(name: string): Entry | null {
  return byName.value.get(name) ?? null
}

/** What stands beside an entry, itself included. */
export function siblingsOf({ group }: Entry): Entry[] {
  return entries.value.filter((other) => other.group === group)
}

/** The part of the Reference that is looked at alone, or null. */
export const section = signal<Section | null>(null)

/** What fits the query, the best first, wherever it belongs. */
export const found = computed(() => search(entries.value, referenceQuery.value))

/** How many fit the query in each section. */
export const counts = computed<Record<Section, number>>(() => {
  const count = { builtins: 0, lib: 0, pkgs: 0 }
  for (const entry of found.value) count[sectionOf(entry)]++
  return count
})

/** What fits the query, the best first, in the section that is looked at. */
export const results = computed<Entry[]>(() => {
  const only = section.value
  return only === null ? found.value : found.value.filter((entry) => sectionOf(entry) === only)
})
