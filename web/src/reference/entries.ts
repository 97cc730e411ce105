import type {
  Documentation,
  DocumentedBuiltin,
  LibraryFunction,
  PackageDocumentation,
} from '@snowglobe/worker/browser/api'

/** Something that the Reference tells of, in the form that lists show and search looks at. */
export type Entry = EntryBase &
  (
    | { kind: 'builtin'; about: DocumentedBuiltin }
    | { kind: 'function'; about: LibraryFunction }
    | { kind: 'package'; about: PackageDocumentation }
  )

interface EntryBase {
  /** The name that stands in addresses, like `lib.lists.last`. */
  id: string
  /** All names by which it is reached. */
  names: string[]
  /** Where it is listed: `builtins`, `lib.lists`, `pkgs`. */
  group: string
  /** The last part of its name. */
  name: string
  /** Its type, or its version. */
  detail: string
  /** One line of text. */
  summary: string
  /** All that is said of it, in small letters. */
  words: string
}

/** The parts of the Reference that can be looked at alone. */
export const sections = [
  { name: 'builtins', label: 'Builtins' },
  { name: 'lib', label: 'lib' },
  { name: 'pkgs', label: 'Packages' },
] as const
export type Section = (typeof sections)[number]['name']

export function sectionOf({ group }: Entry): Section {
  return group === 'builtins' ? 'builtins' : group === 'pkgs' ? 'pkgs' : 'lib'
}

/** Everything there is, section by section, each in the order of the names. */
export function entriesOf({ builtins, functions, packages }: Documentation): Entry[] {
  const own = packages.map(packageEntry)
  const makers = functions.filter(({ names }) => names[0]!.startsWith('pkgs.')).map(functionEntry)
  return [
    ...builtins.map(builtinEntry),
    ...functions.filter(({ names }) => !names[0]!.startsWith('pkgs.')).map(functionEntry),
    ...[...own, ...makers].sort((a, b) => compare(a.name, b.name)),
  ]
}

/** What an entry is called within its group: `stdenv.mkDerivation` of `pkgs`. */
export function nameInGroup({ id, group }: Entry): string {
  return id.startsWith(`${group}.`) ? id.slice(group.length + 1) : id
}

function builtinEntry(about: DocumentedBuiltin): Entry {
  const { name, type, doc, global, inLib } = about
  const id = name === 'builtins' ? name : `builtins.${name}`
  const names = global && id !== name ? [id, name, ...inLib] : [id, ...inLib]
  const summary = firstSentence(doc)
  return {
    ...{ kind: 'builtin', about, id, names, group: 'builtins', name, detail: type, summary },
    words: plain(doc).toLowerCase(),
  }
}

function functionEntry(about: LibraryFunction): Entry {
  const { names, text, inputs, type } = about
  const id = names[0]!
  const dot = id.lastIndexOf('.')
  return {
    ...{ kind: 'function', about, id, names },
    group: id.startsWith('pkgs.') ? 'pkgs' : id.slice(0, dot),
    name: id.slice(dot + 1),
    detail: type === null ? '' : type.replace(/\s+/g, ' '),
    summary: firstSentence(text),
    words: plain(`${text} ${inputs ?? ''}`).toLowerCase(),
  }
}

function packageEntry(about: PackageDocumentation): Entry {
  const { name, pname, version, description, longDescription, mainProgram } = about
  const id = `pkgs.${name}`
  return {
    ...{ kind: 'package', about, id, names: [id], group: 'pkgs', name, detail: version },
    summary: description,
    words: [pname, description, longDescription, mainProgram ?? ''].join(' ').toLowerCase(),
  }
}

/** Text without the marks of Markdown. */
function plain(markdown: string): string {
  return markdown
    .replace(/`+/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(^|[\s(])[*_]([^*_\n]+)[*_](?=[\s.,;:)]|$)/g, '$1$2')
    .replace(/\s+/g, ' ')
    .trim()
}

function firstSentence(markdown: string): string {
  const paragraph = plain(markdown.split(/\n\s*\n/)[0] ?? '')
  return /^.*?[.!?](?=\s|$)/.exec(paragraph)?.[0].replace(/\.$/, '') ?? paragraph
}

function compare(a: string, b: string): number {
  const [left, right] = [a.toLowerCase(), b.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}
