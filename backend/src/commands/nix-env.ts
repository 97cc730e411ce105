/** The entry of `backend/bin/nix-env`. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { utf8ToByteString } from '@snowglobe/shared/bytes'
import { nixEnv } from '@snowglobe/worker/commands/nix-env'
import { ownProcess } from './command-process'
import { hostSurroundings } from './host-surroundings'
import { profileSurroundings } from './profile-surroundings'
import { runCommand } from './run-command'

void runCommand((args) => {
  const ownExpression = join(process.env['HOME'] ?? homedir(), '.nix-defexpr')
  const { makeHost, nativeLimit } = hostSurroundings()
  return nixEnv(args, {
    ...profileSurroundings(ownProcess()),
    makeHost,
    nativeLimit,
    ownExpression: existsSync(ownExpression) ? utf8ToByteString(ownExpression) : null,
  })
})
