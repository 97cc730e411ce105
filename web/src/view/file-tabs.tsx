import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { announce } from '../state/announce'
import { stemLength, typedName } from '../state/files'
import { undoable } from '../state/notices'
import {
  activePath,
  addFile,
  deleteFile,
  entry,
  files,
  name,
  openSettings,
  renameFile,
  renameWorkspace,
} from '../state/workspace'
import { ChannelMenu } from './channel-menu'
import { PlusIcon, MoreIcon } from './icons'
import { Menu } from './menu'

/** The files of the workspace: one tab each, and what can be done with the one that is shown. */
export function FileTabs() {
  const renaming = useSignal<string | null>(null)
  const all = files.value
  const active = activePath.value

  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    if (target.getAttribute('role') !== 'tab') return
    const at = all.findIndex(({ path }) => path === active)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === 'F2') renaming.value = active
    else if (event.key === 'Delete') remove(active)
    else if (to !== undefined) {
      activePath.value = all[(to + all.length) % all.length]!.path
      requestAnimationFrame(() => {
        document.querySelector<HTMLElement>('.file-tabs [role=tab][aria-selected=true]')?.focus()
      })
    } else return
    event.preventDefault()
  }

  return (
    <header class="panel-head file-tabs">
      <WorkspaceName />
      <div class="tabs" role="tablist" aria-label="Files" onKeyDown={onKeyDown}>
        {all.map(({ path }) =>
          renaming.value === path ? (
            <Rename
              key={path}
              now={path}
              rename={(to) => renameFile(path, to)}
              done={() => {
                renaming.value = null
              }}
            />
          ) : (
            <button
              key={path}
              type="button"
              class="tab file-tab"
              role="tab"
              aria-selected={path === active}
              tabIndex={path === active ? 0 : -1}
              title={path === entry.value ? `${path}: this file is evaluated` : path}
              onClick={() => {
                activePath.value = path
              }}
              onDblClick={() => {
                renaming.value = path
              }}
            >
              {path}
              {path === entry.value && all.length > 1 && <span class="entry-mark">entry</span>}
            </button>
          ),
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        aria-label="Add a file"
        title="Add a file"
        onClick={() => {
          renaming.value = addFile()
        }}
      >
        <PlusIcon />
      </button>
      <span class="spacer" />
      <ChannelMenu />
      <Menu
        label="File actions"
        class="icon-button"
        sections={[
          {
            items: [
              {
                label: 'Rename…',
                run: () => {
                  renaming.value = active
                },
              },
              {
                label: 'Make it the entry',
                detail: 'the file whose value is shown',
                disabled: entry.value === active,
                run: () => {
                  entry.value = active
                },
              },
              { label: 'Delete', disabled: all.length === 1, run: () => remove(active) },
            ],
          },
          {
            items: [
              {
                label: 'Nix settings',
                detail: 'experimental features, limits: nix.conf',
                run: () => openSettings(),
              },
            ],
          },
        ]}
      >
        <MoreIcon />
      </Menu>
    </header>
  )
}

function remove(path: string): void {
  const restore = deleteFile(path)
  if (restore !== null) undoable(`Deleted ${path}`, restore)
}

interface RenameProps {
  /** What is renamed, as it is called now. */
  now: string
  /** Renames, or gives the reason against it. */
  rename: (to: string) => string | null
  done: () => void
}

function Rename({ now, rename, done }: RenameProps) {
  const reason = useSignal<string | null>(null)
  const over = useRef(false)

  const finish = (input: HTMLInputElement, leave: boolean) => {
    if (over.current) return
    reason.value = rename(typedName(now, input.value.trim()))
    if (reason.value !== null) announce(reason.value)
    if (reason.value !== null && !leave) return
    over.current = true
    done()
  }

  return (
    <span class="rename">
      <input
        class="rename-input"
        aria-label={`New name of ${now}`}
        aria-invalid={reason.value !== null}
        defaultValue={now}
        size={Math.max(now.length, 8)}
        spellcheck={false}
        autocapitalize="off"
        ref={(input) => {
          if (input === null || document.activeElement === input) return
          input.focus()
          input.setSelectionRange(0, stemLength(now))
        }}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Enter') finish(event.currentTarget, false)
          if (event.key !== 'Escape') return
          over.current = true
          done()
        }}
        onBlur={(event) => finish(event.currentTarget, true)}
      />
      {reason.value !== null && <span class="rename-reason">{reason.value}</span>}
    </span>
  )
}

/** The workspace's name: where it is mounted, and part of the store paths made of its sources. */
function WorkspaceName() {
  const renaming = useSignal(false)
  if (renaming.value) {
    return (
      <Rename
        now={name.value}
        rename={renameWorkspace}
        done={() => {
          renaming.value = false
        }}
      />
    )
  }
  return (
    <button
      type="button"
      class="workspace-name"
      title={`The workspace is /home/nix/${name.value}: rename it`}
      aria-label={`Workspace ${name.value}: rename`}
      onClick={() => {
        renaming.value = true
      }}
    >
      {name.value}
      <span aria-hidden="true"> /</span>
    </button>
  )
}
