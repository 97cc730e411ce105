import { batch, computed, signal } from '@preact/signals'
import { messageOf } from '@snowglobe/shared/message-of'
import type { Snippet } from '@snowglobe/shared/snippet'
import { checkStorePathName } from '@snowglobe/shared/store-path-name'
import { freshPath, reasonAgainstPath, sameSnippet, type SnippetFile } from './files'

/** Where the workspace came from; decides where its changes are kept. */
export type Origin =
  | { kind: 'draft' }
  | { kind: 'link' }
  | { kind: 'example'; title: string }
  | { kind: 'lesson'; id: string }

export const name = signal('snippet')
export const files = signal<SnippetFile[]>([])
export const entry = signal('default.nix')
export const system = signal('x86_64-linux')
export const channel = signal('none')
/** What the channel stood for when it was chosen. */
export const channelPath = signal<string | undefined>(undefined)
export const origin = signal<Origin>({ kind: 'draft' })
/** The file in the editor. */
export const activePath = signal('default.nix')
/** As it was opened; what differs from it is the person's own. */
const opened = signal<Snippet | null>(null)

/** The workspace as a snippet: what is evaluated, built, kept and shared. */
export const snippet = computed<Snippet>(() => ({
  name: name.value,
  files: files.value,
  entry: entry.value,
  system: system.value,
  channel: channel.value,
  ...(channelPath.value === undefined ? {} : { channelPath: channelPath.value }),
}))

/** The code whose value is shown; null before there is any. */
export const entryText = computed(
  () => files.value.find(({ path }) => path === entry.value)?.text ?? null,
)

/** True once the person has changed what was opened. */
export const isChanged = computed(
  () => opened.value !== null && !sameSnippet(opened.value, snippet.value),
)

/** Counts the times a whole workspace was opened: the editor then forgets its undo history. */
export const opening = signal(0)

/** Puts a snippet in place of the workspace. Keeping what was there is the caller's business. */
export function openSnippet(next: Snippet, from: Origin): void {
  batch(() => {
    name.value = next.name
    files.value = next.files
    entry.value = next.entry
    system.value = next.system
    channel.value = next.channel
    channelPath.value = next.channelPath
    origin.value = from
    opened.value = next
    activePath.value = next.files.some(({ path }) => path === next.entry)
      ? next.entry
      : (next.files[0]?.path ?? next.entry)
    opening.value++
  })
}

export function setText(path: string, text: string): void {
  const file = files.value.find((other) => other.path === path)
  if (file === undefined || file.text === text) return
  files.value = files.value.map((other) => (other.path === path ? { path, text } : other))
}

/** Renames the workspace; gives the reason where that is not possible, else null. */
export function renameWorkspace(to: string): string | null {
  try {
    checkStorePathName(to)
  } catch (error) {
    return messageOf(error)
  }
  name.value = to
  return null
}

const otherPaths = (path?: string) =>
  files.value.map((file) => file.path).filter((other) => other !== path)

/** Adds an empty file, shows it, and gives its name. */
export function addFile(): string {
  const path = freshPath(otherPaths())
  batch(() => {
    files.value = [...files.value, { path, text: '' }]
    activePath.value = path
  })
  return path
}

const settingsFile = 'nix.conf'
const settingsTemplate = `# What Nix may do in this workspace, as nix.conf(5) says it. Take a # away to set something.

# experimental-features = pipe-operators flakes fetch-tree
# max-call-depth = 10000
# pure-eval = true
# allow-import-from-derivation = false
# lint-url-literals = warn
`

/** Shows the settings of the workspace; where it has none, a file that tells how they look. */
export function openSettings(): void {
  batch(() => {
    if (!files.value.some(({ path }) => path === settingsFile)) {
      files.value = [...files.value, { path: settingsFile, text: settingsTemplate }]
    }
    activePath.value = settingsFile
  })
}

/** Enables an experimental feature of Nix for the workspace. */
export function enableFeature(feature: string): void {
  const line = `extra-experimental-features = ${feature}\n`
  const before = files.value.find(({ path }) => path === settingsFile)
  if (before === undefined) files.value = [...files.value, { path: settingsFile, text: line }]
  else setText(settingsFile, `${before.text.replace(/\n?$/, '\n')}${line}`)
}

/** Renames a file; gives the reason where that is not possible, else null. */
export function renameFile(path: string, to: string): string | null {
  if (path === to) return null
  const reason = reasonAgainstPath(to, otherPaths(path))
  if (reason !== null) return reason
  batch(() => {
    files.value = files.value.map((file) => (file.path === path ? { ...file, path: to } : file))
    if (entry.value === path) entry.value = to
    if (activePath.value === path) activePath.value = to
  })
  return null
}

/**
 * Gives the workspace a new entry that uses the one it has, which gets another name unless its own
 * says more than `default.nix`. Gives a function that undoes it.
 *
 * @param wanted the other name; the text refers to it as `./<wanted>`
 */
export function wrapEntry(wanted: string, text: string): () => void {
  const before = { files: files.value, entry: entry.value, active: activePath.value }
  const others = otherPaths(before.entry)
  const fresh = (path: string) => {
    for (let number = 2, name = path; ; number++) {
      if (reasonAgainstPath(name, others) === null) return name
      name = path.replace(/\.nix$/, `-${number}.nix`)
    }
  }
  const own = before.entry === 'default.nix' ? fresh(wanted) : before.entry
  const outer = fresh('default.nix')
  batch(() => {
    files.value = [
      { path: outer, text: text.replaceAll(`./${wanted}`, `./${own}`) },
      ...before.files.map((file) => (file.path === before.entry ? { ...file, path: own } : file)),
    ]
    entry.value = outer
    activePath.value = outer
  })
  return () => {
    batch(() => {
      files.value = before.files
      entry.value = before.entry
      activePath.value = before.active
    })
  }
}

/** Deletes a file and gives a function that brings it back. The last file stays. */
export function deleteFile(path: string): (() => void) | null {
  const before = { files: files.value, entry: entry.value, active: activePath.value }
  const rest = before.files.filter((file) => file.path !== path)
  if (rest.length === before.files.length || rest.length === 0) return null
  batch(() => {
    files.value = rest
    if (entry.value === path) entry.value = rest[0]!.path
    if (activePath.value === path) {
      const index = before.files.findIndex((file) => file.path === path)
      activePath.value = rest[Math.min(index, rest.length - 1)]!.path
    }
  })
  const deleted = before.files.find((file) => file.path === path)!
  return () => {
    if (reasonAgainstPath(path, otherPaths()) !== null) return
    batch(() => {
      files.value = [...files.value, deleted]
      if (before.entry === path) entry.value = path
      activePath.value = path
    })
  }
}
