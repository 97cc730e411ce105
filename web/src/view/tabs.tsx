export interface Tab<Name extends string> {
  name: Name
  label: string
  /** A small note beside the label, like a count. */
  badge?: string
}

interface Props<Name extends string> {
  /** The list's accessible name. */
  label: string
  /** Prefix of ids: `<id>-tab-<name>` and `<id>-panel-<name>`. */
  id: string
  tabs: readonly Tab<Name>[]
  chosen: Name
  choose: (name: Name) => void
}

/** A list of tabs; the arrow keys choose, as in every ARIA tab list. */
export function Tabs<Name extends string>({ label, id, tabs, chosen, choose }: Props<Name>) {
  const onKeyDown = (event: KeyboardEvent) => {
    const at = tabs.findIndex(({ name }) => name === chosen)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const tab = tabs[(to + tabs.length) % tabs.length]!
    choose(tab.name)
    document.getElementById(`${id}-tab-${tab.name}`)?.focus()
  }

  return (
    <div class="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map(({ name, label: text, badge }) => (
        <button
          key={name}
          id={`${id}-tab-${name}`}
          type="button"
          class="tab"
          role="tab"
          aria-selected={name === chosen}
          aria-controls={`${id}-panel-${name}`}
          tabIndex={name === chosen ? 0 : -1}
          onClick={() => choose(name)}
        >
          {text}
          {badge !== undefined && <span class="badge">{badge}</span>}
        </button>
      ))}
    </div>
  )
}
