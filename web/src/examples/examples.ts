import { busyboxSeedExpression } from '@snowglobe/shared/busybox-seed'
import type { Snippet } from '@snowglobe/shared/snippet'
import { snippetOf } from '../state/files'
import failingBuild from './failing-build.nix?raw'
import functions from './functions.nix?raw'
import globe from './globe.nix?raw'
import laziness from './laziness.nix?raw'
import tour from './tour.nix?raw'

export interface Example {
  title: string
  detail: string
  snippet: Snippet
}

const { system } = snippetOf('')
const seed = busyboxSeedExpression(system).replaceAll('\n', '\n  ')

/** The seed is a constant: the same path on every machine, so that examples build anywhere. */
const withSeed = (source: string) => source.replaceAll('@busybox@', seed)

/** What the Examples menu offers. The first is what a new visitor sees. */
export const examples: Example[] = [
  {
    title: 'A snow globe in two steps',
    detail: 'two derivations, built in a sandbox',
    snippet: snippetOf(withSeed(globe), 'globe'),
  },
  {
    title: 'A tour of the language',
    detail: 'strings, lists, sets, functions',
    snippet: snippetOf(tour, 'tour'),
  },
  {
    title: 'Laziness',
    detail: 'endless lists and traps nobody steps on',
    snippet: snippetOf(laziness, 'laziness'),
  },
  {
    title: 'Functions and attribute sets',
    detail: 'how packages are described and changed',
    snippet: snippetOf(functions, 'functions'),
  },
  {
    title: 'A build that fails',
    detail: 'exit codes and last words',
    snippet: snippetOf(withSeed(failingBuild), 'avalanche'),
  },
]
