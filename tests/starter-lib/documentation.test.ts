/** What is told about functions of the starter collection's `lib`: for search, and beside what is being typed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  describeLibrary,
  positionsExpression,
  type AttributePosition,
} from '../../worker/src/intelligence/library-functions'
import { evaluatorsOfTests } from '../evaluators'
import { library } from './examples'

const [snowglobe] = evaluatorsOfTests()

describe('the functions of lib', () => {
  const { stdout } = snowglobe.evaluate(positionsExpression(`import ${library}`), library)
  const positions = JSON.parse(stdout) as AttributePosition[]
  const functions = describeLibrary(positions, (file) => readFileSync(file, 'utf8'))
  const find = (name: string) => functions.find(({ names }) => names.includes(name))

  it('are found by their long and their short names', () => {
    expect(find('lib.last')).toBe(find('lib.lists.last'))
    expect(find('lib.path.subpath.join')?.type).toBe('[subpath] -> subpath')
    expect(find('lib.systems.parse.mkSystemFromString')?.file).toBe(
      join(library, 'systems/parse/default.nix'),
    )
  })

  it('tell where they stand', () => {
    const found = find('lib.evalModules')
    const line = readFileSync(found?.file ?? '', 'utf8').split('\n')[(found?.line ?? 0) - 1]
    expect(line).toBe('  evalModules =')
  })

  it('are more than six hundred', () => {
    expect(functions.length).toBeGreaterThan(600)
  })
})
