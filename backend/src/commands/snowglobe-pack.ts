/** The entry of `backend/bin/snowglobe-pack`. */
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import process from 'node:process'
import type { ChannelsResponse } from '@snowglobe/shared/messages'
import type { Pack } from '@snowglobe/shared/pack'
import { countFiles, makePack } from '../channels/make-pack'
import { runCommand } from './run-command'

const usage = `Usage: snowglobe-pack DIR|TARBALL [-o FILE] [--name NAME]

Makes a pack: a channel's whole tree in one file that a tab can evaluate from.

  -o, --output FILE  where to write it (NAME.pack in this directory)
  --name NAME        the channel's name (nixpkgs-VERSION, the version being the tree's own)
  --index FILE       also write what a static host tells of it, the pack lying beside that file
`

function main(): number {
  let given
  try {
    given = parseArgs({
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o' },
        name: { type: 'string' },
        index: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    return fail(`${(error as Error).message}\nTry 'snowglobe-pack --help'.`)
  }
  const { values, positionals } = given
  if (values.help === true) {
    process.stdout.write(usage)
    return 0
  }
  const [source, ...others] = positionals
  if (source === undefined || others.length > 0) {
    return fail(
      `one directory or tarball is packed at a time, not ${positionals.length}\n` +
        "Try 'snowglobe-pack --help'.",
    )
  }
  const { bytes, pack } = makePack(source, values.name)
  const output = values.output ?? `${pack.name}.pack`
  writeFileSync(output, bytes)
  if (values.index !== undefined) {
    writeFileSync(values.index, JSON.stringify(channelIndex(bytes, pack, output)))
  }
  console.log(pack.storePath)
  console.log(
    `${pack.name}: ${countFiles(pack.tree)} files, ${bytes.length} bytes, written to ${output}`,
  )
  return 0
}

/** The answer of `/api/channels` for a pack in a directory `channels`. */
function channelIndex(bytes: Uint8Array, pack: Pack, output: string): ChannelsResponse {
  const { name, label, storePath } = pack
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const url = `channels/${basename(output)}`
  return { channels: [{ name, label, storePath, size: bytes.length, sha256, url }] }
}

function fail(message: string): number {
  process.stderr.write(`error: ${message}\n`)
  return 1
}

void runCommand(main)
