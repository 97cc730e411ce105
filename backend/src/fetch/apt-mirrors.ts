/**
 * Where this machine has its own packages from: what works for apt works for `mirror://debian` as well
 * (sources.list(5), in both of its formats).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A site is told by the last part of its address, as every mirror of these has it. */
const sites = new Set(['debian', 'debian-security', 'ubuntu'])

/** The addresses that apt is configured with, by site. Files that cannot be read count as empty. */
export function aptMirrors(directory = '/etc/apt'): Map<string, string[]> {
  const mirrors = new Map<string, string[]>()
  for (const address of aptAddresses(directory)) {
    const site = /\/([^/]+)\/*$/.exec(address)?.[1] ?? ''
    if (!sites.has(site) || !URL.canParse(address)) continue
    const known = mirrors.get(site) ?? []
    if (!known.includes(address)) mirrors.set(site, [...known, address])
  }
  return mirrors
}

function aptAddresses(directory: string): string[] {
  const parts = join(directory, 'sources.list.d')
  const names = attempt(() => readdirSync(parts).sort(), [])
  const files = [join(directory, 'sources.list'), ...names.map((name) => join(parts, name))]
  return files.flatMap((file) => {
    const text = attempt(() => readFileSync(file, 'utf8'), '')
    if (file.endsWith('.sources')) return stanzaAddresses(text)
    return file.endsWith('.list') ? lineAddresses(text) : []
  })
}

/** `deb [options] http://… suite component…` */
function lineAddresses(text: string): string[] {
  const lines = text.matchAll(/^[ \t]*deb[ \t]+(?:\[[^\]\n]*\][ \t]+)?(https?:\/\/\S+)/gm)
  return [...lines].map((match) => match[1]!)
}

/** `URIs: http://… http://…`; a stanza may be switched off. */
function stanzaAddresses(text: string): string[] {
  return text
    .split(/\n[ \t]*\n/)
    .filter((stanza) => !/^Enabled:[ \t]*(no|false|0)[ \t]*$/im.test(stanza))
    .flatMap((stanza) => /^URIs:(.*(?:\n[ \t]+.*)*)/im.exec(stanza)?.[1]?.split(/\s+/) ?? [])
    .filter((word) => /^https?:/.test(word))
}

function attempt<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read()
  } catch {
    return otherwise
  }
}
