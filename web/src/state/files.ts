import type { Snippet } from '@snowglobe/shared/snippet'

export type SnippetFile = Snippet['files'][number]

const segment = /^[A-Za-z0-9+_?=.-]+$/

/**
 * Why a file may not be called that, as a sentence; null if it may. `others` are the names of the
 * other files: no two are equal, and none is a folder of another.
 */
export function reasonAgainstPath(path: string, others: readonly string[]): string | null {
  if (path === '') return 'A file needs a name.'
  if (path.length > 200) return 'That name is too long: 200 characters at most.'
  for (const part of path.split('/')) {
    if (part === '') return 'A name has no empty parts: write it like “lib/greet.nix”.'
    if (part === '.' || part === '..') return 'A file lies in the workspace: “.” and “..” lead out.'
    if (!segment.test(part)) return 'Use letters, digits and + - . _ ? = only.'
  }
  for (const other of others) {
    if (other === path) return `There is a file “${path}” already.`
    if (other.startsWith(`${path}/`)) return `“${path}” is the folder of “${other}”.`
    if (path.startsWith(`${other}/`)) return `“${other}” is a file, so it holds no other files.`
  }
  return null
}

/** Where the extension of a name begins: all before it is what one changes. Its end if there is none. */
export function stemLength(name: string): number {
  const dot = name.lastIndexOf('.')
  return dot > name.lastIndexOf('/') + 1 ? dot : name.length
}

/**
 * What `now` shall be called by what was typed over its stem: who types the whole name has the
 * extension twice.
 */
export function typedName(now: string, typed: string): string {
  const extension = now.slice(stemLength(now))
  const twice = extension !== '' && typed.endsWith(extension + extension)
  return twice ? typed.slice(0, -extension.length) : typed
}

/** A name for a new file that is not taken: `new.nix`, `new-2.nix`, … */
export function freshPath(others: readonly string[]): string {
  for (let number = 1; ; number++) {
    const path = number === 1 ? 'new.nix' : `new-${number}.nix`
    if (reasonAgainstPath(path, others) === null) return path
  }
}

/** Whether both hold the same files, entry and settings: opening one over the other loses nothing. */
export function sameSnippet(one: Snippet, other: Snippet): boolean {
  return (
    one.name === other.name &&
    one.entry === other.entry &&
    one.system === other.system &&
    one.channel === other.channel &&
    one.channelPath === other.channelPath &&
    one.files.length === other.files.length &&
    one.files.every((file) =>
      other.files.some(({ path, text }) => path === file.path && text === file.text),
    )
  )
}

/** A snippet of one file that the system and channel of a new workspace apply to. */
export function snippetOf(text: string, name = 'snippet'): Snippet {
  return {
    name,
    files: [{ path: 'default.nix', text }],
    entry: 'default.nix',
    system: 'x86_64-linux',
    channel: 'starter',
  }
}
