import { effect } from '@preact/signals'
import { messageOf } from '@snowglobe/shared/message-of'
import { encodeSnippet, type Snippet } from '@snowglobe/shared/snippet'
import { toast } from './announce'
import { sameSnippet } from './files'
import { addressWith, entryInAddress, snippetPart } from './reference-address'
import { addressWithoutSnippet } from './start'
import { origin, snippet } from './workspace'

/** The snippet that the page's address holds now. */
let inAddress: Snippet | null = null

/** The address of this page holds `held`: once the workspace differs, it is taken out again. */
export function addressHolds(held: Snippet): void {
  inAddress = held
}

/** Puts the whole workspace into the page's address and copies it: the Share button. */
export async function share(): Promise<void> {
  let fragment: string
  const shared = snippet.peek()
  try {
    fragment = encodeSnippet(shared)
  } catch (error) {
    toast(`This cannot be shared: ${messageOf(error)}`)
    return
  }
  const address = new URL(addressWithoutSnippet(new URL(location.href)), location.href)
  history.replaceState(history.state, '', addressWith(address, fragment, entryInAddress(address)))
  addressHolds(shared)
  address.hash = fragment
  try {
    await navigator.clipboard.writeText(address.href)
    toast('Link copied. It holds the whole snippet.')
  } catch {
    // The clipboard may be forbidden; the address bar is not.
    toast('The link is in the address bar. It holds the whole snippet.')
  }
}

/**
 * An address that no longer holds what is shown would bring old code back at a reload, in front of
 * the draft: it is shortened as soon as the workspace differs.
 */
export function keepAddressTrue(): void {
  effect(() => {
    const now = snippet.value
    if (inAddress === null || origin.value.kind === 'lesson' || sameSnippet(inAddress, now)) return
    inAddress = null
    history.replaceState(history.state, '', addressWithoutSnippet(new URL(location.href)))
  })
}

/** An older entry of the tab's history may still hold what the workspace no longer is. */
export function correctAddress(): void {
  const address = new URL(location.href)
  if (inAddress !== null || snippetPart(address) === '') return
  history.replaceState(history.state, '', addressWithoutSnippet(address))
}
