/**
 * Whom a URL of HTTP connects to, as rules for connections have it: `name:port`, or the address alone
 * where that has colons of its own. Null for another URL.
 */
export function hostAndPort(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  const { hostname, port, protocol } = url
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`
}
