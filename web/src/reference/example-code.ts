import type { Entry } from './entries'

/** An example that can be tried: what stands in the Reference, and what comes of it. */
export interface ShownExample {
  expression: string
  result: { value: string } | { error: string } | null
}

export function examplesOf(entry: Entry): ShownExample[] {
  switch (entry.kind) {
    case 'builtin': {
      const { example } = entry.about
      return example === undefined
        ? []
        : [{ expression: example.expression, result: { value: example.value } }]
    }
    case 'function':
      return entry.about.examples
    case 'package':
      return [{ expression: entry.id, result: null }]
  }
}

/**
 * A program whose value is that of an expression of the Reference, in which `lib` and `pkgs` may be used. Paths
 * of examples are those of `pkgs/lib`.
 */
export function programOf(expression: string): string {
  const body = expression.replace(relativePath, (_, before: string, path: string) => {
    // `<nixpkgs/lib/file>` would be an error for what is not there.
    return before + (path === '/.' ? '<nixpkgs/lib>' : `(<nixpkgs/lib> + "${path}")`)
  })
  const bindings = [
    ...(/\bpkgs\b/.test(body) ? ['pkgs = import <nixpkgs> { };'] : []),
    ...(/\blib\b(?![/>])/.test(body) ? ['lib = import <nixpkgs/lib>;'] : []),
  ]
  if (bindings.length === 0) return `${body}\n`
  return `let\n${bindings.map((line) => `  ${line}\n`).join('')}in\n${body}\n`
}

/** `./.` and `./file`, where a path may stand. */
const relativePath = /(^|[\s([=,])\.(\/[\w.+-]+(?:\/[\w.+-]+)*)/g
