/**
 * `node load-command.cjs COMMAND ARGUMENTS…`: what every command begins with. It runs `COMMAND.cjs`, which
 * lies beside it, with the code that was kept for it.
 *
 * It is CommonJS, as commands are. Node starts ES modules later, and asks each of its own modules that they
 * name for all that it exports, which loads a good part of the others.
 */
import { dirname } from 'node:path'
import process from 'node:process'
import { codeFile, CommandFiles } from './command-files'

const [node, program, command, ...args] = process.argv
const directory = dirname(program!)
process.argv = [node!, `${directory}/${command}.cjs`, ...args]
const files = new CommandFiles(directory)
files.useCode(codeFile(directory, command!))
files.load(`${command}.cjs`)
