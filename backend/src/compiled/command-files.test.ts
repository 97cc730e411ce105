import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { codeFile, CommandFiles } from './command-files'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'snowglobe-command-files-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const put = (name: string, text: string) => writeFileSync(join(directory, name), text)

/** Runs `command.cjs` in files of its own, keeps its code, and gives what it exports. */
function runAndKeep(): unknown {
  const files = new CommandFiles(directory)
  const file = codeFile(directory, 'command')
  files.useCode(file)
  const exported = files.load('command.cjs')
  writeFileSync(file, files.compiledCode())
  return exported
}

describe('files of a command', () => {
  it('require one another, once each, and what Node brings along', () => {
    put('parts-a.cjs', 'exports.list = []')
    put('parts-b.cjs', "require('./parts-a.cjs').list.push(require('node:path').sep)")
    put(
      'command.cjs',
      "require('./parts-b.cjs'); require('./parts-b.cjs'); module.exports = require('./parts-a.cjs').list",
    )
    expect(runAndKeep()).toEqual(['/'])
    expect(runAndKeep()).toEqual(['/'])
  })

  it('never run with the code of another text, of the same length or not', () => {
    put('command.cjs', 'exports.answer = (() => 1)()')
    expect(runAndKeep()).toEqual({ answer: 1 })
    put('command.cjs', 'exports.answer = (() => 2)()')
    expect(runAndKeep()).toEqual({ answer: 2 })
    put('command.cjs', 'exports.answer = (() => 2 + 1)()')
    expect(runAndKeep()).toEqual({ answer: 3 })
  })

  it('have functions kept that are compiled when they are called', () => {
    const size = (call: string) => {
      put('command.cjs', `function late() { return [1, 2].map((n) => n * 2) }\n${call}`)
      const files = new CommandFiles(directory)
      files.load('command.cjs')
      return files.compiledCode().length
    }
    expect(size('late()')).toBeGreaterThan(size('//te()') + 100)
  })

  it('run with code that V8 does not take', () => {
    put('command.cjs', 'exports.answer = 1')
    const files = new CommandFiles(directory)
    files.load('command.cjs')
    const code = files.compiledCode()
    // The list at its beginning is as it was.
    code.fill(0x55, 8 + code.readUInt32LE(0))
    writeFileSync(codeFile(directory, 'command'), code)
    expect(runAndKeep()).toEqual({ answer: 1 })
  })
})
