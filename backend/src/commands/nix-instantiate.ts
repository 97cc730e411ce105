/** The entry of `backend/bin/nix-instantiate`. */
import process from 'node:process'
import { nixInstantiate } from '@snowglobe/worker/commands/nix-instantiate'
import { hostSurroundings } from './host-surroundings'
import { runCommand } from './run-command'

// All is written and closed then: freeing the values of the evaluation one by one would only take time.
void runCommand((args) => nixInstantiate(args, hostSurroundings())).then(() => process.exit())
