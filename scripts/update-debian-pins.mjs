/**
 * Pins the Debian packages that the collection's toolchain is made from: reads a release's package
 * index for each processor and writes names, paths and hashes to pkgs/bootstrap/debian/<system>.json.
 *
 *     node scripts/update-debian-pins.mjs [--mirror http://deb.debian.org/debian] [--release bookworm]
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './repository.mjs'

const directory = join(root, 'pkgs', 'bootstrap', 'debian')
const { values } = parseArgs({
  options: {
    mirror: { type: 'string', default: 'http://deb.debian.org/debian' },
    release: { type: 'string', default: 'bookworm' },
  },
})

const processors = {
  'x86_64-linux': { debian: 'amd64', triple: 'x86-64-linux-gnu' },
  'aarch64-linux': { debian: 'arm64', triple: 'aarch64-linux-gnu' },
}

/** The fields of each package of an index (deb-control(5)). */
function* stanzas(index) {
  for (const stanza of index.split('\n\n')) {
    const fields = new Map()
    for (const line of stanza.split('\n')) {
      const field = /^([A-Za-z0-9-]+): (.*)$/.exec(line)
      if (field !== null) fields.set(field[1], field[2])
    }
    if (fields.has('Package')) yield fields
  }
}

const wanted = JSON.parse(readFileSync(join(directory, 'packages.json'), 'utf8'))

for (const [system, { debian, triple }] of Object.entries(processors)) {
  const address = `${values.mirror}/dists/${values.release}/main/binary-${debian}/Packages.xz`
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${answer.statusText}`)
  const packed = Buffer.from(await answer.arrayBuffer())
  const index = execFileSync('xz', ['-dc'], { input: packed, maxBuffer: 1 << 30 }).toString()
  const names = new Set(wanted.map((name) => name.replace('<triple>', triple)))
  const pins = {}
  for (const fields of stanzas(index)) {
    const name = fields.get('Package')
    if (!names.has(name)) continue
    pins[name.replace(triple, '<triple>')] = {
      version: fields.get('Version'),
      path: fields.get('Filename'),
      sha256: fields.get('SHA256'),
    }
  }
  const missing = wanted.filter((name) => pins[name] === undefined)
  if (missing.length > 0) console.error(`${system} has no ${missing.join(', ')}`)
  mkdirSync(directory, { recursive: true })
  const sorted = Object.fromEntries(Object.entries(pins).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(join(directory, `${system}.json`), `${JSON.stringify(sorted, null, 2)}\n`)
  console.log(`${system}: ${Object.keys(pins).length} packages`)
}
