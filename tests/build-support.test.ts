/** Functions of the collection that make files, in Snowglobe and in real Nix: nothing is built. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluatorsOfTests } from './evaluators'

const collection = join(import.meta.dirname, '../pkgs')

describe.each(evaluatorsOfTests())('formats of the collection in $name', ({ evaluate }) => {
  it('write what programs read, and take what they can write', () => {
    const expression = `import ./collection/formats.nix (import ${collection} { })`
    const { stdout, stderr } = evaluate(expression, import.meta.dirname)
    expect(stdout, stderr).toBe('[]')
  })
})
