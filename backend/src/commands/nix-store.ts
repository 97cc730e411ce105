/** The entry of `backend/bin/nix-store`. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixStore } from '@snowglobe/worker/commands/nix-store'
import { writeBytes } from './host-surroundings'
import { runCommand } from './run-command'
import { storeSurroundings } from './store-surroundings'

const surroundings = storeSurroundings({
  environment: process.env,
  workingDirectory: process.cwd(),
  readStandardInput: async () => readFileSync(0),
  write: writeBytes,
})

await runCommand(() => nixStore(process.argv.slice(2).map(utf8ToByteString), surroundings))
