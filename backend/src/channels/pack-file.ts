import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { makePack } from './make-pack'
import { SourceError } from './read-source'

/** The command of the same bundle; not there where the program runs from its sources. */
const program = fileURLToPath(new URL('./snowglobe-pack.js', import.meta.url))

/**
 * Packs a tarball into a file. It takes many seconds of computing for nixpkgs, so a process of its own
 * does it: a server goes on answering.
 *
 * @param name the channel's, or null: that of the tree's version
 * @throws SourceError, PackError, NarError
 */
export async function packFile(
  source: string,
  output: string,
  name: string | null,
  signal: AbortSignal,
): Promise<void> {
  if (!existsSync(program)) {
    writeFileSync(output, makePack(source, name ?? undefined).bytes)
    return
  }
  const options = name === null ? [] : ['--name', name]
  const packer = spawn(process.execPath, [program, source, '--output', output, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  })
  let said = ''
  packer.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (said = (said + text).slice(-2000)))
  const status = await new Promise<number | null>((resolve, reject) => {
    packer.once('error', reject)
    packer.once('close', resolve)
  })
  if (status !== 0) throw new SourceError(said.replace(/^error: /, '').trim() || 'packing failed')
}
