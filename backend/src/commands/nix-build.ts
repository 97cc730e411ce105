/** The entry of `backend/bin/nix-build`. */
import process from 'node:process'
import { nixBuild } from '@snowglobe/worker/commands/nix-build'
import { buildingSurroundings } from './host-surroundings'
import { runCommand } from './run-command'

process.umask(0o022)
void runCommand((args) => nixBuild(args, buildingSurroundings()))
