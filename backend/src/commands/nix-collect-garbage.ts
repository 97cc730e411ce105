/** The entry of `backend/bin/nix-collect-garbage`. */
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixCollectGarbage } from '@snowglobe/worker/commands/nix-collect-garbage'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'
import { writeBytes } from './write-output'

const surroundings = profileSurroundings({
  environment: process.env,
  workingDirectory: process.cwd(),
  write: writeBytes,
})

void runCommand(() => nixCollectGarbage(process.argv.slice(2).map(utf8ToByteString), surroundings))
