import { testCases } from '../testing/evaluate-cases'

const files = [
  { path: 'hello.txt', contents: 'hello\n' },
  { path: 'zero', contents: 'a\0b' },
  { path: 'dir/default.nix', contents: '{ x = 1; }\n' },
  { path: 'dir/sub/x', contents: 'x\n' },
  { path: 'relative.nix', contents: 'import ./dir\n' },
  { path: 'scoped.nix', contents: '[ x y (builtins ? map) ]\n' },
  { path: 'scoped-map.nix', contents: 'map (x: x) [ 1 ]\n' },
  { path: 'scoped-import.nix', contents: 'import ./scoped.nix\n' },
]

testCases(import.meta.url, './files.cases.txt', { files })
testCases(import.meta.url, './context.cases.txt', { files })
