/** The entry of `backend/bin/nix-collect-garbage`. */
import { nixCollectGarbage } from '@snowglobe/worker/commands/nix-collect-garbage'
import { ownProcess } from './command-process'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'

void runCommand((args) => nixCollectGarbage(args, profileSurroundings(ownProcess())))
