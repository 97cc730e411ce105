/**
 * `node keep-code.cjs COMMAND ARGUMENTS…`: runs a command and keeps what V8 compiled for it, for
 * `load-command.ts`. V8 takes no code that was compiled with other flags, so it has to get the flags that
 * commands get.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { codeFile, CommandFiles } from './command-files'

const [node, program, command, ...args] = process.argv
const directory = dirname(program!)
// As the command finds it.
process.argv = [node!, `${directory}/${command}.cjs`, ...args]
const files = new CommandFiles(directory)
process.once('exit', () => {
  const file = codeFile(directory, command!)
  // Commands that run meanwhile find all of it or nothing.
  writeFileSync(`${file}.new`, files.compiledCode())
  renameSync(`${file}.new`, file)
})
files.load(`${command}.cjs`)
