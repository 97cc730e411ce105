import { computed, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { referenceQuery, showEntry } from '../state/reference'
import { counts, entries, found, results, section } from './catalogue'
import { nameInGroup, sections, type Entry, type Section } from './entries'

/** The one of the shown results that Enter opens. */
export const active = signal(0)
/** Whoever looks for something reads no more than so many. */
const mostResults = 80

/** What is in the list: all of a section, or the best of what was found. */
export const shownResults = computed<Entry[]>(() =>
  referenceQuery.value.trim() === '' ? results.value : results.value.slice(0, mostResults),
)

export const optionId = (at: number) => `reference-result-${at}`

/** What was found; or everything, by where it belongs. */
export function ResultList() {
  const query = referenceQuery.value.trim()
  const shown = shownResults.value
  const rest = results.value.length - shown.length

  useEffect(() => {
    document.getElementById(optionId(active.value))?.scrollIntoView({ block: 'nearest' })
  }, [active.value, shown])

  return (
    <>
      <SectionChoice />
      <div class="panel-body results">
        <div id="reference-results" role="listbox" aria-label="Results">
          {query === '' ? (
            groupsOf(shown).map(({ group, from, members }) => (
              <div key={group} class="result-group" role="group" aria-label={group}>
                <h3 class="result-heading" aria-hidden="true">
                  {group} <span class="faint">{members.length}</span>
                </h3>
                {members.map((entry, at) => (
                  <Result key={entry.id} entry={entry} at={from + at} showsGroup={false} />
                ))}
              </div>
            ))
          ) : (
            <div class="result-group found" role="presentation">
              {shown.map((entry, at) => (
                <Result key={entry.id} entry={entry} at={at} showsGroup />
              ))}
            </div>
          )}
        </div>
        {shown.length === 0 && <Nothing query={query} />}
        {rest > 0 && <p class="note quiet">{rest} more: say more of what you look for.</p>}
      </div>
      <p class="visually-hidden" role="status">
        {query === '' ? '' : `${results.value.length} found`}
      </p>
    </>
  )
}

function Nothing({ query }: { query: string }) {
  const only = section.value
  return (
    <div class="empty">
      <p>Nothing is called “{query}”.</p>
      {only !== null && found.value.length > 0 ? (
        <button
          type="button"
          class="link"
          onClick={() => {
            section.value = null
          }}
        >
          Look at what was found elsewhere: {found.value.length}
        </button>
      ) : (
        <p class="faint">Try part of a name, or words of what it does.</p>
      )}
    </div>
  )
}

/** Which part of the Reference is looked at. */
function SectionChoice() {
  const choices: { name: Section | null; label: string; count: number }[] = [
    { name: null, label: 'All', count: found.value.length },
    ...sections.map(({ name, label }) => ({ name, label, count: counts.value[name] })),
  ]
  return (
    <div class="section-choice" role="group" aria-label="Part of the Reference">
      {choices.map(({ name, label, count }) => (
        <button
          key={label}
          type="button"
          class="section-button"
          aria-pressed={section.value === name}
          onClick={() => {
            section.value = name
            active.value = 0
          }}
        >
          {label} <span class="section-count">{entries.value.length === 0 ? '' : count}</span>
        </button>
      ))}
    </div>
  )
}

function Result({ entry, at, showsGroup }: { entry: Entry; at: number; showsGroup: boolean }) {
  const { id, name, kind, detail, summary } = entry
  const shownName = showsGroup ? id : nameInGroup(entry)
  // A long name leaves no room for a type that says anything.
  const showsDetail = !showsGroup || id.length < 26
  return (
    <div
      id={optionId(at)}
      class={`result-row ${kind}`}
      role="option"
      aria-selected={at === active.value}
      onClick={() => showEntry(id)}
      onPointerMove={() => {
        if (active.peek() !== at) active.value = at
      }}
    >
      <span class="result-title">
        <span class="result-prefix">{shownName.slice(0, -name.length)}</span>
        <span class="result-name">{name}</span>
        {showsDetail && <span class="result-detail">{detail}</span>}
      </span>
      <span class="result-summary">{summary}</span>
    </div>
  )
}

function groupsOf(shown: readonly Entry[]): { group: string; from: number; members: Entry[] }[] {
  const groups: { group: string; from: number; members: Entry[] }[] = []
  for (const [at, entry] of shown.entries()) {
    const last = groups.at(-1)
    if (last?.group === entry.group) last.members.push(entry)
    else groups.push({ group: entry.group, from: at, members: [entry] })
  }
  return groups
}
