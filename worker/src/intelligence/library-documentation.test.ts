import { describe, expect, it } from 'vitest'
import { readDocumentation, readHeadComment } from './library-documentation'

const source = `/**
  A file's own text belongs to no name.
*/
{ lib }:
{
  /**
    Adds \`a\` and \`b\`.

    With a second paragraph.

    # Type
    \`int -> int -> int\`

    # Inputs
    - \`a\`: one
    - \`b\`: another

    # Example
    \`\`\`nix
    add 1 2
    => 3

    let
      # a comment is no heading
      x = 1;
    in
    add x "a"
    => error: cannot add\\nthat
    \`\`\`
  */
  add = a: b: a + b;

  # Not a doc comment.
  other = 1;

  /** Short ones are not read. */
  short = 1;

  /**
    In quotes.
  */
  "or" = a: b: a || b;
}
`

describe('documentation in a Nix file', () => {
  const [add, or, ...more] = readDocumentation(source)

  it('belongs to the name after it, and tells its line', () => {
    expect([add?.name, or?.name]).toEqual(['add', 'or'])
    expect(source.split('\n')[(add?.line ?? 0) - 1]).toBe('  add = a: b: a + b;')
    expect(more).toEqual([])
  })

  it('has its sections apart from its text', () => {
    expect(add?.text).toBe('Adds `a` and `b`.\n\nWith a second paragraph.')
    expect(add?.type).toBe('int -> int -> int')
    expect(add?.inputs).toBe('- `a`: one\n- `b`: another')
  })

  it('has examples with values and with errors', () => {
    expect(add?.examples).toEqual([
      { expression: 'add 1 2', result: { value: '3' } },
      {
        expression: 'let\n  # a comment is no heading\n  x = 1;\nin\nadd x "a"',
        result: { error: 'cannot add\nthat' },
      },
    ])
  })

  it('may have no more than text', () => {
    expect(or).toMatchObject({ text: 'In quotes.', type: null, inputs: null, examples: [] })
  })
})

describe('the comment that a file begins with', () => {
  it('is of the name that it begins with', () => {
    const found = readHeadComment(
      '/**\n  `stdenv.mkThing`: makes a thing.\n\n  # Type\n  `a -> thing`\n*/\n{ lib }: 1\n',
    )
    expect(found).toEqual({
      ...{
        name: 'stdenv.mkThing',
        line: 1,
        text: 'Makes a thing.',
        type: 'a -> thing',
        inputs: null,
      },
      examples: [],
    })
  })

  it('may be of none', () => {
    expect(readHeadComment(source)).toBeNull()
    expect(readHeadComment('{ }\n/**\n  `x`: y\n*/\n')).toBeNull()
  })
})
