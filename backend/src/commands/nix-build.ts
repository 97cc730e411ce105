/** The entry of `backend/bin/nix-build`. */
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixBuild } from '@snowglobe/worker/commands/nix-build'
import { buildingSurroundings } from './host-surroundings'
import { runCommand } from './run-command'

process.umask(0o022)
void runCommand(() => nixBuild(process.argv.slice(2).map(utf8ToByteString), buildingSurroundings()))
