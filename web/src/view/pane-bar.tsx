import type { ComponentChildren } from 'preact'
import { buildProblems, isBuilding } from '../state/build'
import { problems } from '../state/evaluation'
import { pane, type Pane } from '../state/layout'
import { lessonId } from '../state/lesson'
import { referenceEntry, showEntry } from '../state/reference'
import { CodeIcon, LessonIcon, ReferenceIcon, ResultIcon, TerminalIcon, WarningIcon } from './icons'

interface Item {
  name: Pane
  label: string
  icon: ComponentChildren
  badge?: string
}

/** On a small screen: which pane is shown. */
export function PaneBar() {
  const count = problems.value.length + buildProblems.value.length
  const items: Item[] = [
    ...(lessonId.value === null
      ? []
      : [{ name: 'lesson' as const, label: 'Lesson', icon: <LessonIcon /> }]),
    { name: 'code', label: 'Code', icon: <CodeIcon /> },
    { name: 'result', label: 'Result', icon: <ResultIcon /> },
    {
      name: 'terminal',
      label: 'Terminal',
      icon: <TerminalIcon />,
      ...(isBuilding.value ? { badge: '…' } : {}),
    },
    {
      name: 'problems',
      label: 'Problems',
      icon: <WarningIcon />,
      ...(count > 0 ? { badge: String(count) } : {}),
    },
    { name: 'reference', label: 'Reference', icon: <ReferenceIcon /> },
  ]
  return (
    <nav class="pane-bar" aria-label="Panes">
      {items.map(({ name, label, icon, badge }) => (
        <button
          key={name}
          type="button"
          class="pane-button"
          aria-pressed={pane.value === name}
          onClick={() => {
            if (name === 'reference') showEntry(referenceEntry.value ?? '')
            else pane.value = name
          }}
        >
          {icon}
          <span>{label}</span>
          {badge !== undefined && <span class="badge">{badge}</span>}
        </button>
      ))}
    </nav>
  )
}
