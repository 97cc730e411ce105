import type { Problem } from '@snowglobe/worker/browser/api'
import { channels, chooseChannel } from '../state/channels'
import { isInNixpkgs, missingName } from '../state/nixpkgs-names'
import { channel } from '../state/workspace'

/** Where a package is missed that nixpkgs has: that it is there, and the way to it. */
export function ChannelHint({ problem }: { problem: Problem }) {
  const name = channel.value === 'starter' ? missingName(problem) : null
  if (name === null || !isInNixpkgs(name)) return null
  const others = (channels.value ?? []).filter((other) => other.name !== 'starter')
  return (
    <p class="problem-hint">
      <code>{name}</code> is in nixpkgs, not in the starter collection.{' '}
      {others.length === 0
        ? 'A backend that is started with --nixpkgs offers nixpkgs as a channel.'
        : others.map((other) => (
            <button
              key={other.storePath}
              type="button"
              class="link"
              onClick={() => chooseChannel(other)}
            >
              Switch to {other.name}
            </button>
          ))}
    </p>
  )
}
