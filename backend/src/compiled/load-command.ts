/**
 * `node load-command.cjs COMMAND ARGUMENTS…`: what every command begins with. It runs `COMMAND.cjs`, which
 * lies beside it, with the code that was kept for it.
 *
 * It is CommonJS, as commands are. Node starts ES modules later, and asks each of its own modules that they
 * name for all that it exports, which loads a good part of the others.
 */
import process from 'node:process'
import { codeFile, CommandFiles } from './command-files'

const [node, , command, ...args] = process.argv
// Without the links by which the command was found.
const directory = import.meta.dirname
process.argv = [node!, `${directory}/${command}.cjs`, ...args]
const files = new CommandFiles(directory)
files.useCode(codeFile(directory, command!))
files.load(`${command}.cjs`)
