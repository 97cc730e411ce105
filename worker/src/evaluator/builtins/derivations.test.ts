import { testCases } from '../testing/evaluate-cases'

testCases(import.meta.url, './derivations.cases.txt', {
  files: [{ path: 'dir/default.nix', contents: '{ x = 1; }\n' }],
})

testCases(import.meta.url, './experimental-derivations.cases.txt', {
  features: ['ca-derivations', 'impure-derivations', 'dynamic-derivations', 'git-hashing'],
})
