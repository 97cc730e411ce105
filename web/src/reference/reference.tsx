import '../style/reference.css'
import { useEffect, useRef } from 'preact/hooks'
import {
  closeReference,
  documentation,
  loadDocumentation,
  referenceEntry,
  referenceQuery,
  referenceWanted,
  showEntry,
} from '../state/reference'
import { CloseIcon, ReferenceIcon } from '../view/icons'
import { entryOf } from './catalogue'
import { EntryPage } from './entry-page'
import { active, optionId, ResultList, shownResults } from './result-list'

/** The Reference: a field to look for something, and below what was found or opened. */
export function Reference() {
  const field = useRef<HTMLInputElement>(null)
  const id = referenceEntry.value ?? ''
  const isList = id === ''

  useEffect(() => void loadDocumentation(), [])
  useEffect(() => {
    field.current?.focus()
    field.current?.select()
  }, [referenceWanted.value])
  const onKeyDown = (event: KeyboardEvent) => {
    const all = shownResults.value
    const last = all.length - 1
    const to = {
      ArrowDown: Math.min(active.value + 1, last),
      ArrowUp: Math.max(active.value - 1, 0),
      PageDown: Math.min(active.value + 10, last),
      PageUp: Math.max(active.value - 10, 0),
    }[event.key]
    if (to !== undefined) {
      if (isList) active.value = to
      else showEntry('')
    } else if (event.key === 'Enter') {
      const chosen = all[active.value]
      if (chosen !== undefined && isList) showEntry(chosen.id)
    } else return
    event.preventDefault()
  }

  return (
    <>
      <header class="panel-head reference-head">
        <span class="reference-field">
          <ReferenceIcon />
          <input
            ref={field}
            type="search"
            role="combobox"
            list={undefined}
            aria-label="Search the Reference"
            aria-expanded={isList}
            aria-controls="reference-results"
            aria-autocomplete="list"
            aria-activedescendant={
              isList && shownResults.value.length > 0 ? optionId(active.value) : undefined
            }
            placeholder="Search builtins, lib, packages"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            value={referenceQuery.value}
            onInput={({ currentTarget }) => {
              referenceQuery.value = currentTarget.value
              active.value = 0
              if (!isList) showEntry('')
            }}
            onKeyDown={onKeyDown}
          />
        </span>
        <button
          type="button"
          class="icon-button small"
          aria-label="Close the Reference"
          title="Close (Escape)"
          onClick={closeReference}
        >
          <CloseIcon />
        </button>
      </header>
      <Body id={id} focusField={() => field.current?.focus()} />
    </>
  )
}

function Body({ id, focusField }: { id: string; focusField: () => void }) {
  const loaded = documentation.value
  if (loaded === null || loaded.state === 'busy') {
    return <p class="note busy">Loading the Reference…</p>
  }
  if (loaded.state === 'failed') {
    return (
      <div class="note" role="alert">
        <p class="bad">The Reference could not be loaded: {loaded.why}.</p>
        <button type="button" class="pill" onClick={() => void loadDocumentation()}>
          Try again
        </button>
      </div>
    )
  }
  if (id === '') return <ResultList />
  const entry = entryOf(id)
  const back = () => {
    showEntry('')
    focusField()
  }
  return entry === null ? (
    <div class="empty">
      <p>There is no “{id}” here.</p>
      <p class="faint">It may be of another version of Snowglobe.</p>
      <button type="button" class="pill" onClick={back}>
        Show all there is
      </button>
    </div>
  ) : (
    <EntryPage key={entry.id} entry={entry} back={back} />
  )
}
