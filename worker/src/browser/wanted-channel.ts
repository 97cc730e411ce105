import type { Snippet } from '@snowglobe/shared/snippet'

/** The channel that the page brings along, and tells of. */
export const starterChannel = 'starter'

/** How a program can come by a channel: its search path, or the very tree. */
const mention = /nixpkgs|nixPath|findFile|-source/

/**
 * The channel that evaluating a snippet takes, or null. Most snippets have one and do not use it; it
 * is not downloaded and read for them.
 */
export function wantedChannel({ channel, files }: Snippet): string | null {
  if (channel === 'none') return null
  return files.some(({ text }) => mention.test(text)) ? channel : null
}
