import { describe, expect, it } from 'vitest'
import { describeLibrary } from './library-functions'

const files: Record<string, string> = {
  '/lib/default.nix': `lib: {
  lists = import ./lists.nix lib;

  inherit (lib.lists)
    last
    undocumented
    ;
}
`,
  '/lib/lists.nix': `lib: {
  /**
    The last element.
  */
  last = list: list;
  undocumented = 1;
}
`,
}
const positions = [
  { path: 'last', file: '/lib/default.nix', line: 5 },
  { path: 'lists', file: '/lib/default.nix', line: 2 },
  { path: 'lists.last', file: '/lib/lists.nix', line: 5 },
  { path: 'lists.undocumented', file: '/lib/lists.nix', line: 6 },
  { path: 'undocumented', file: '/lib/default.nix', line: 6 },
]

describe('the functions of a library', () => {
  it('are those with a doc comment, under all their names, where they are defined', () => {
    const found = describeLibrary(positions, (file) => files[file] ?? '')
    expect(found.map(({ names, file, line, text }) => ({ names, file, line, text }))).toEqual([
      {
        names: ['lib.lists.last', 'lib.last'],
        file: '/lib/lists.nix',
        line: 5,
        text: 'The last element.',
      },
    ])
  })
})
