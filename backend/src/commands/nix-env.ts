/** The entry of `backend/bin/nix-env`. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixEnv } from '@snowglobe/worker/commands/nix-env'
import { hostSurroundings } from './host-surroundings'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'
import { writeBytes } from './write-output'

const ownExpression = join(process.env['HOME'] ?? homedir(), '.nix-defexpr')
const { makeHost } = hostSurroundings()
const surroundings = {
  ...profileSurroundings({
    environment: process.env,
    workingDirectory: process.cwd(),
    write: writeBytes,
  }),
  makeHost,
  ownExpression: existsSync(ownExpression) ? utf8ToByteString(ownExpression) : null,
}

void runCommand(() => nixEnv(process.argv.slice(2).map(utf8ToByteString), surroundings))
