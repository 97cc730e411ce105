/** The entry of `backend/bin/nix-store`. */
import { nixStore } from '@snowglobe/worker/commands/nix-store'
import { prepareHashing } from '../store/piece-hasher'
import { ownProcess } from './command-process'
import { runCommand } from './run-command'
import { storeSurroundings } from './store-surroundings'

void runCommand((args) => {
  // While the store is being opened.
  if (args.some((arg) => ['--add', '-A', '--add-fixed'].includes(arg))) prepareHashing()
  return nixStore(args, storeSurroundings(ownProcess()))
})
