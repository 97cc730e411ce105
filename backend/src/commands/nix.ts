/** The entry of `backend/bin/nix`. */
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nix } from '@snowglobe/worker/commands/nix'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'
import { writeBytes } from './write-output'

const surroundings = profileSurroundings({
  environment: process.env,
  workingDirectory: process.cwd(),
  write: writeBytes,
})

void runCommand(() => nix(process.argv.slice(2).map(utf8ToByteString), surroundings))
