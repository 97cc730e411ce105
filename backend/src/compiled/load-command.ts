/**
 * What every command begins with: a build puts it in dist once for each, by the command's name. It runs
 * `commands/<name>.cjs` with the code that was kept for it.
 */
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { codeFile, CommandFiles } from './command-files'

const program = process.argv[1]!
const directory = join(dirname(program), 'commands')
const command = basename(program, '.js')
const files = new CommandFiles(directory)
files.useCode(codeFile(directory, command))
files.load(`${command}.cjs`)
