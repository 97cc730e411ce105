/** Names and passwords for servers, as curl and Nix's `netrc-file` have them. */
import { readFileSync } from 'node:fs'

export interface Credentials {
  login: string
  password: string
}

/** Gives what is to be shown to the server of that name; null where nothing is. */
export type CredentialsOf = (host: string) => Credentials | null

const word = /"((?:[^"\\]|\\.)*)"|(\S+)/gs

/** What the text of such a file says. What it does not understand it passes over, as curl does. */
export function parseNetrc(text: string): CredentialsOf {
  const hosts = new Map<string, Credentials>()
  let others: Credentials | null = null
  let entry: Credentials | null = null
  // Macros end with an empty line; notes with theirs.
  const told = text.replace(/^\s*macdef[^]*?(?:\n\s*\n|$(?![^]))/gm, '\n').replace(/^\s*#.*$/gm, '')
  const words = [...told.matchAll(word)].map(([, quoted, plain]) =>
    quoted === undefined ? plain! : quoted.replace(/\\(.)/gs, '$1'),
  )
  for (let i = 0; i < words.length; i++) {
    switch (words[i]) {
      case 'machine': {
        const host = (words[++i] ?? '').toLowerCase()
        entry = hosts.get(host) ?? { login: '', password: '' }
        hosts.set(host, entry)
        break
      }
      case 'default':
        entry = others = { login: '', password: '' }
        break
      case 'login':
      case 'password': {
        const name = words[i] as 'login' | 'password'
        const value = words[++i] ?? ''
        if (entry !== null) entry[name] = value
        break
      }
      case 'account':
        i++
    }
  }
  return (host) => hosts.get(host.toLowerCase()) ?? others
}

/** What a file says, read when it is first asked; nothing where there is none. */
export function netrcOf(file: string): CredentialsOf {
  let known: CredentialsOf | null = null
  return (host) => {
    known ??= parseNetrc(textOf(file))
    return known(host)
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
