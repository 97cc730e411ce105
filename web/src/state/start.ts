import { messageOf } from '@snowglobe/shared/message-of'
import { decodeSnippet, type Snippet } from '@snowglobe/shared/snippet'
import { snippetOf } from './files'
import { addressWith, entryInAddress, snippetPart } from './reference-address'

/** What an address asks for. */
export type Asked =
  | { kind: 'snippet'; snippet: Snippet }
  | { kind: 'lesson'; id: string }
  | { kind: 'nothing' }
  | { kind: 'broken'; message: string }

/**
 * What the page's address asks to open: the fragment's snippet before `?code=` before `?lesson=`.
 * A fragment that is not a snippet (an anchor, say) asks for nothing.
 */
export function askedByAddress(address: URL): Asked {
  const fragment = snippetPart(address)
  if (/^s\d+\./.test(fragment)) {
    try {
      return { kind: 'snippet', snippet: decodeSnippet(fragment) }
    } catch (error) {
      const why = messageOf(error)
      return { kind: 'broken', message: `This link cannot be opened: ${why}` }
    }
  }
  const code = address.searchParams.get('code')
  if (code !== null) return { kind: 'snippet', snippet: snippetOf(code) }
  const lesson = address.searchParams.get('lesson')
  return lesson === null || lesson === '' ? { kind: 'nothing' } : { kind: 'lesson', id: lesson }
}

/** The address without what asks for a snippet or lesson: a reload then opens the draft. The Reference stays open. */
export function addressWithoutSnippet(address: URL): string {
  const bare = new URL(address)
  bare.searchParams.delete('code')
  bare.searchParams.delete('lesson')
  return addressWith(bare, '', entryInAddress(address))
}
