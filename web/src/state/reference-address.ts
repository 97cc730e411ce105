/**
 * The Reference in the page's address: `docs=lib.lists.last` in the fragment, behind a snippet's part if there is one
 * (`#s1.…&docs=…`). `docs=` alone is the Reference with nothing opened in it.
 */
const key = 'docs='

/** What the address shows of the Reference: an entry's name, '' for none, null while it is closed. */
export function entryInAddress(address: URL): string | null {
  const part = partsOf(address).find((other) => other.startsWith(key))
  if (part === undefined) return null
  try {
    return decodeURIComponent(part.slice(key.length))
  } catch {
    return ''
  }
}

/** The part of the fragment that is not the Reference's: a snippet, or nothing. */
export function snippetPart(address: URL): string {
  return partsOf(address).find((part) => !part.startsWith(key)) ?? ''
}

/** The address as it is, but with another snippet's part and another entry; '' and null leave them out. */
export function addressWith(address: URL, snippet: string, entry: string | null): string {
  const parts = [snippet, entry === null ? '' : key + encodeURIComponent(entry)].filter(Boolean)
  return address.pathname + address.search + (parts.length === 0 ? '' : `#${parts.join('&')}`)
}

/** The whole address of an entry on the page that is at `address`, without its snippet or lesson. */
export function linkToEntry(address: URL, entry: string): string {
  return new URL(addressWith(new URL(address.pathname, address), '', entry), address).href
}

function partsOf(address: URL): string[] {
  return address.hash.slice(1).split('&').filter(Boolean)
}
