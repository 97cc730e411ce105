/** The entry of `backend/bin/nix-instantiate`. */
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixInstantiate } from '@snowglobe/worker/commands/nix-instantiate'
import { hostSurroundings } from './host-surroundings'
import { runCommand } from './run-command'

await runCommand(() =>
  nixInstantiate(process.argv.slice(2).map(utf8ToByteString), hostSurroundings()),
)
// All is written and closed: freeing the values of the evaluation one by one would only take time.
process.exit()
