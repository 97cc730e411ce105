import { expect, it } from 'vitest'
import type { Snippet } from '@snowglobe/shared/snippet'
import { Evaluator } from '../evaluator/evaluator'
import { TestHost } from '../evaluator/testing/test-host'
import { workspaceSettings } from './workspace-settings'

const snippet: Snippet = {
  name: 'snippet',
  files: [{ path: 'default.nix', text: '1' }],
  entry: 'default.nix',
  system: 'x86_64-linux',
  channel: 'none',
}

it('has trees of packs, which are those of default settings, where nothing is set', () => {
  const { options } = workspaceSettings(snippet)
  const { treeSettings } = new Evaluator(new TestHost(), options)
  expect(treeSettings).toBe(new Evaluator(new TestHost()).treeSettings)
})
