import { expect, it } from 'vitest'
import { describeVersions, diffClosures, hasOtherSize } from './closure-diff'
import { StoreGraph } from './store-graph'

const path = (letter: string, name: string) => `/nix/store/${letter.repeat(32)}-${name}`

it('tells which packages of a closure have changed, as nix store diff-closures does', () => {
  const node = (narSize: number, ...references: string[]) => ({
    narSize,
    references,
    deriver: null,
  })
  const graph = new StoreGraph(
    new Map([
      [path('a', 'system-1'), node(100, path('c', 'hello-2.10'), path('d', 'gone-1.0-dev'))],
      [
        path('b', 'system-2'),
        node(100, path('f', 'hello-2.12'), path('g', 'lib'), path('h', 'same-1')),
      ],
      [path('c', 'hello-2.10'), node(1000, path('h', 'same-1'))],
      [path('d', 'gone-1.0-dev'), node(1000)],
      [path('f', 'hello-2.12'), node(1000 + 20 * 1024)],
      [path('g', 'lib'), node(10)],
      [path('h', 'same-1'), node(1)],
    ]),
    new Map(),
  )
  const differences = diffClosures(
    '/nix/store',
    graph,
    path('a', 'system-1'),
    path('b', 'system-2'),
  )
  const rebuilt = diffClosures(
    '/nix/store',
    new StoreGraph(
      new Map([
        [path('a', 'top-1'), node(1, path('c', 'lib-1'), path('d', 'same-1'))],
        [path('b', 'top-1'), node(1, path('f', 'lib-1'), path('d', 'same-1'))],
        [path('c', 'lib-1'), node(1)],
        [path('f', 'lib-1'), node(1)],
        [path('d', 'same-1'), node(1)],
      ]),
      new Map(),
    ),
    path('a', 'top-1'),
    path('b', 'top-1'),
    { rebuilt: true },
  )
  expect(rebuilt.map(({ name }) => name)).toEqual(['lib', 'top'])
  const described = differences.map((one) => `${one.name}: ${describeVersions(one)}`)
  expect(described).toEqual(['gone: 1.0 → ∅', 'hello: 2.10 → 2.12', 'lib: ∅ → ε', 'system: 1 → 2'])
  expect(differences.filter(hasOtherSize)).toMatchObject([{ name: 'hello', sizeChange: 20 * 1024 }])
})
