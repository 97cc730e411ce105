import type { ComponentChildren } from 'preact'
import { examples } from '../examples/examples'
import { build, buildsOff, health, isBuilding, reasonAgainstBuild } from '../state/build'
import { describeDraft } from '../state/drafts'
import { evaluateFully, isForcing, slow, stopEvaluation } from '../state/evaluation'
import { drafts, openAside, openDraft } from '../state/keeping'
import { isMac, keysFor } from '../shortcuts'
import { setTheme, theme, type Theme } from '../state/layout'
import { leaveLesson, lessonId, lessons, openLesson, progress } from '../state/lesson'
import { openOwn } from '../state/opening'
import { closeReference, referenceEntry, searchReference } from '../state/reference'
import { share } from '../state/share'
import { origin } from '../state/workspace'
import {
  BuildIcon,
  EvaluateIcon,
  ExamplesIcon,
  Globe,
  LessonIcon,
  MoonIcon,
  ReferenceIcon,
  ShareIcon,
  StopIcon,
  SunIcon,
  SystemIcon,
} from './icons'
import { Menu } from './menu'

/** The head of the page: what it is, what to open, and what to do with the code. */
export function Toolbar() {
  // What is done before anybody could press it would only make the button flicker.
  const canStop = slow.value || isForcing.value > 0 || isBuilding.value
  return (
    <header class="toolbar">
      <a class="wordmark" href="./" aria-label="Snowglobe, start page">
        <Globe />
        <span class="wordmark-text">Snowglobe</span>
      </a>
      <nav class="toolbar-group open-group" aria-label="Open">
        <ExamplesMenu />
        <LessonsMenu />
        <ReferenceButton />
      </nav>
      <span class="spacer" />
      <BackendState />
      <div class="toolbar-group actions">
        <Action
          label="Stop"
          icon={<StopIcon />}
          class="quiet-action"
          run={() => void stopEvaluation()}
          reason={canStop ? null : 'Nothing is running.'}
        />
        <Action
          label="Evaluate"
          icon={<EvaluateIcon />}
          class="evaluate-action"
          hint={keysFor.evaluate}
          run={() => void evaluateFully()}
          reason={null}
        />
        <Action
          label="Build"
          icon={<BuildIcon />}
          class="build-action"
          hint={keysFor.build}
          run={() => void build()}
          reason={reasonAgainstBuild.value}
        />
      </div>
      <div class="toolbar-group">
        <Action
          label="Share"
          icon={<ShareIcon />}
          class="quiet-action"
          hint="Copies a link to all of this"
          run={() => void share()}
          reason={null}
        />
        <ThemeMenu />
      </div>
    </header>
  )
}

interface ActionProps {
  label: string
  icon: ComponentChildren
  class: string
  /** Shown as a tooltip while it can be pressed. */
  hint?: string
  run: () => void
  /** Why it cannot be pressed now; it can still be focused, so that the reason can be read. */
  reason: string | null
}

function Action({ label, icon, class: className, hint, run, reason }: ActionProps) {
  const id = `why-${label.toLowerCase()}`
  return (
    <span class="action">
      <button
        type="button"
        class={`action-button ${className}`}
        aria-disabled={reason !== null}
        aria-describedby={id}
        onClick={() => {
          if (reason === null) run()
        }}
      >
        {icon}
        <span class="action-label">{label}</span>
      </button>
      <span id={id} class={`tip ${reason === null ? '' : 'reason'}`} role="tooltip">
        {reason ?? hint}
      </span>
    </span>
  )
}

function ExamplesMenu() {
  const kept = drafts.value.slice(0, 8)
  return (
    <Menu
      label="Examples"
      class="toolbar-button"
      sections={[
        {
          title: 'Examples',
          items: examples.map(({ title, detail, snippet }) => ({
            label: title,
            detail,
            run: () => {
              if (lessonId.value !== null) leaveLesson()
              openAside(snippet, { kind: 'example', title })
            },
          })),
        },
        {
          title: 'Your drafts',
          items: kept.map((draft) => ({
            label: describeDraft(draft),
            detail: new Date(draft.savedAt).toLocaleString(undefined, {
              dateStyle: 'medium',
              timeStyle: 'short',
            }),
            run: () => {
              if (lessonId.value !== null) leaveLesson()
              openDraft(draft)
            },
          })),
        },
      ]}
    >
      <ExamplesIcon />
      <span class="toolbar-label">Examples</span>
    </Menu>
  )
}

function LessonsMenu() {
  const open = lessonId.value
  if (lessons.length === 0) return null
  return (
    <Menu
      label="Lessons"
      class="toolbar-button"
      sections={[
        {
          title: 'Lessons',
          items: lessons.map(({ id, title }, at) => ({
            label: `${at + 1}. ${title}`,
            ...(progress.value[id]?.passed === true ? { detail: 'done' } : {}),
            checked: id === open,
            run: () => void openLesson(id),
          })),
        },
        {
          items:
            open === null ? [] : [{ label: 'Leave the lesson', run: () => leaveLesson(openOwn) }],
        },
      ]}
    >
      <LessonIcon />
      <span class="toolbar-label">Lessons</span>
    </Menu>
  )
}

/** Opens the Reference, or closes it; says the shortcut. */
function ReferenceButton() {
  const open = referenceEntry.value !== null
  return (
    <span class="action reference-action">
      <button
        type="button"
        class="toolbar-button"
        aria-label="Reference"
        aria-expanded={open}
        aria-keyshortcuts={isMac ? 'Meta+K' : 'Control+K'}
        aria-describedby="about-reference"
        onClick={() => (open ? closeReference() : searchReference())}
      >
        <ReferenceIcon />
        <span class="toolbar-label">Reference</span>
      </button>
      <span id="about-reference" class="tip" role="tooltip">
        Builtins, lib and packages: {keysFor.reference}
      </span>
    </span>
  )
}

const themes: { theme: Theme; label: string }[] = [
  { theme: 'system', label: 'Like the system' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
]

function ThemeMenu() {
  const icons = { system: <SystemIcon />, light: <SunIcon />, dark: <MoonIcon /> }
  return (
    <Menu
      label="Theme"
      title="Theme"
      class="icon-button"
      sections={[
        {
          items: themes.map((item) => ({
            label: item.label,
            checked: theme.value === item.theme,
            run: () => setTheme(item.theme),
          })),
        },
      ]}
    >
      {icons[theme.value]}
    </Menu>
  )
}

/** Whether builds are possible, and why not. */
function BackendState() {
  const off = buildsOff.value
  const told = health.value
  if (told === undefined || origin.value.kind === 'lesson') return null
  return (
    <span class={`backend ${off === null ? 'on' : 'off'}`}>
      <span class="backend-state" role="note" tabIndex={0} aria-describedby="backend-why">
        <span class="backend-light" aria-hidden="true" />
        <span class="backend-label">{off === null ? 'Backend ready' : 'Builds are off'}</span>
      </span>
      <span id="backend-why" class="tip" role="tooltip">
        {off ??
          `${told!.systems.join(', ')}; ${told!.sandbox.launcher ?? 'sandboxed'}; ` +
            `${told!.queue.running} running, ${told!.queue.waiting} waiting. ` +
            'Whoever knows a store path’s hash may read what is built.'}
      </span>
    </span>
  )
}
