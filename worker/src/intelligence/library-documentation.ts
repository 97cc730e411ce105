/**
 * Documentation of functions written in Nix, out of their doc comments (RFC 145): `/** … *\/` before
 * `name = …`. The text is Markdown with sections; those called Type, Inputs and Example are known.
 */

/** Something that an example says: an expression, and what comes of it. */
export interface Example {
  expression: string
  /** An expression of the same value, or what the message of the error contains. */
  result: { value: string } | { error: string }
}

/** What a doc comment says about the name that it stands before. */
export interface Documented {
  name: string
  /** The line that the name stands in, from 1. */
  line: number
  /** Markdown, without the sections that are fields of their own. */
  text: string
  /** The type in the notation of nixpkgs' manual; null without one. */
  type: string | null
  /** Markdown: a list of the arguments. */
  inputs: string | null
  examples: Example[]
}

const docComment = /\/\*\*\n((?:(?!\*\/)[^])*)\*\/\s*(?:([a-zA-Z_][\w'-]*)|"([^"$]+)")\s*=[^=]/g

/** Reads a Nix file's doc comments, in the order in which they stand. */
export function readDocumentation(source: string): Documented[] {
  return [...source.matchAll(docComment)].map((match) => {
    const [whole, comment = '', identifier, string = ''] = match
    const line = source.slice(0, match.index + whole.length - 1).split('\n').length
    return { name: identifier ?? string, line, ...readComment(comment) }
  })
}

const headComment = /^\/\*\*\n(\s*`([\w.-]+)`:(?:(?!\*\/)[^])*)\*\//

/**
 * The doc comment that a file begins with, where it says what the file's value is called: `` `fetchurl`: … ``. Its
 * `name` is all that is said, like `stdenv.mkDerivation`.
 */
export function readHeadComment(source: string): Documented | null {
  const [, comment, name] = headComment.exec(source) ?? []
  if (comment === undefined || name === undefined) return null
  const told = readComment(comment)
  const text = told.text.replace(/^`[^`]*`:\s*/, '')
  return { name, line: 1, ...told, text: text.charAt(0).toUpperCase() + text.slice(1) }
}

function readComment(comment: string): Omit<Documented, 'name' | 'line'> {
  const sections = readSections(dedent(comment))
  const type = sections.get('Type')
  return {
    text: sections.get('') ?? '',
    type: type === undefined ? null : type.replace(/^`([^]*)`$/, '$1'),
    inputs: sections.get('Inputs') ?? null,
    examples: readExamples(sections.get('Example') ?? ''),
  }
}

function dedent(comment: string): string {
  const lines = comment.split('\n')
  const margins = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/))
  const margin = Math.min(...margins)
  return lines.map((line) => line.slice(margin).trimEnd()).join('\n')
}

/** Sections by their headings; what stands before the first has the heading `''`. */
function readSections(markdown: string): Map<string, string> {
  const sections = new Map<string, string>()
  let heading = ''
  let lines: string[] = []
  const finish = () => sections.set(heading, lines.join('\n').trim())
  let inCode = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) inCode = !inCode
    const found = inCode ? null : /^# (.*)$/.exec(line)
    if (found === null) lines.push(line)
    else {
      finish()
      heading = found[1] ?? ''
      lines = []
    }
  }
  finish()
  return sections
}

/** In a block of Nix, each expression is followed by a line `=> value` or `=> error: message`. */
function readExamples(markdown: string): Example[] {
  const examples: Example[] = []
  for (const [, block = ''] of markdown.matchAll(/```nix\n([^]*?)```/g)) {
    let expression: string[] = []
    for (const line of block.split('\n')) {
      if (line.startsWith('=> ')) {
        const result = line.slice('=> '.length)
        examples.push({
          expression: expression.join('\n').trim(),
          result: result.startsWith('error: ')
            ? { error: result.slice('error: '.length).replaceAll('\\n', '\n') }
            : { value: result },
        })
        expression = []
      } else expression.push(line)
    }
  }
  return examples
}
