/** Whether commits are signed by whom they should be. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PublicKey } from '@snowglobe/shared/flakes/repository-inputs'
import { HostError } from '@snowglobe/worker/evaluator/host'
import type { Git } from './git-tree'

/** What OpenSSH calls the types of keys. */
const keyTypes: ReadonlyMap<string, string> = new Map([
  ['ssh-dsa', 'ssh-dsa'],
  ['ssh-ecdsa', 'ssh-ecdsa'],
  ['ssh-ecdsa-sk', 'sk-ecdsa-sha2-nistp256@openssh.com'],
  ['ssh-ed25519', 'ssh-ed25519'],
  ['ssh-ed25519-sk', 'sk-ssh-ed25519@openssh.com'],
  ['ssh-rsa', 'ssh-rsa'],
])

/**
 * Checks that a commit is signed with one of the keys.
 *
 * @param temporary a directory to write into
 * @throws HostError where it is not, or that cannot be told
 */
export async function verifyCommit(
  git: Git,
  rev: string,
  keys: readonly PublicKey[],
  temporary: string,
): Promise<void> {
  const signers = join(temporary, 'signers')
  writeFileSync(signers, keys.map((key) => `* ${typeOf(key)} ${base64Of(key)}\n`).join(''))
  const said = await git(['-c', `gpg.ssh.allowedSignersFile=${signers}`, 'verify-commit', rev], {
    withErrors: true,
  }).catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error
    throw failure(rev, error.message)
  })
  // Git would take a signature of GnuPG as well, by a key that the person has.
  const text = said.toString('latin1')
  const fingerprint = /^Good "git" signature for \* with \S+ key SHA256:(\S+)$/m.exec(text)?.[1]
  if (!keys.some((key) => fingerprintOf(key) === fingerprint)) throw failure(rev, text)
}

function failure(rev: string, why: string): HostError {
  return new HostError(`Commit signature verification on commit ${rev} failed: ${why}`)
}

function typeOf({ type }: PublicKey): string {
  const name = keyTypes.get(type)
  if (name !== undefined) return name
  const supported = [...keyTypes.keys()].map((known) => `  ${known}\n`).join('')
  throw new HostError(
    `Invalid SSH key type '${type}' in publicKeys.\nPlease use one of:\n${supported}`,
  )
}

function base64Of({ key }: PublicKey): string {
  if (!/^[A-Za-z0-9+/]+=*$/.test(key)) throw new HostError(`'${key}' is no public key in base-64`)
  return key
}

function fingerprintOf({ key }: PublicKey): string {
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64')
  return hash.replace(/=+$/, '')
}
