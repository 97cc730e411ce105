/** The entry of `backend/bin/nix-store`. */
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixStore } from '@snowglobe/worker/commands/nix-store'
import { prepareHashing } from '../store/piece-hasher'
import { readStandardInput } from './read-input'
import { runCommand } from './run-command'
import { storeSurroundings } from './store-surroundings'
import { writeBytes } from './write-output'

const surroundings = storeSurroundings({
  environment: process.env,
  workingDirectory: process.cwd(),
  readStandardInput,
  write: writeBytes,
})

const args = process.argv.slice(2)
// While the store is being opened.
if (args.some((arg) => ['--add', '-A', '--add-fixed'].includes(arg))) prepareHashing()
void runCommand(() => nixStore(args.map(utf8ToByteString), surroundings))
