/** The entry of `backend/bin/nix`. */
import { nix } from '@snowglobe/worker/commands/nix'
import { ownProcess } from './command-process'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'

void runCommand((args) => nix(args, profileSurroundings(ownProcess())))
