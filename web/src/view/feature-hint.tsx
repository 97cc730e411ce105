import type { Problem } from '@snowglobe/worker/browser/api'
import { enableFeature } from '../state/workspace'

/** Where an experimental feature would be needed: enables it in the workspace's nix.conf. */
export function FeatureHint({ problem }: { problem: Problem }) {
  const feature = /^experimental Nix feature '([a-z-]+)' is disabled/.exec(problem.message)?.[1]
  if (feature === undefined) return null
  return (
    <p class="problem-hint">
      <button type="button" class="link" onClick={() => enableFeature(feature)}>
        Enable {feature} in this workspace
      </button>
    </p>
  )
}
