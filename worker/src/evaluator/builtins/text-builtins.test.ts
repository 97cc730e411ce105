import { testCases } from '../testing/evaluate-cases'

testCases(import.meta.url, './strings.cases.txt')
testCases(import.meta.url, './versions.cases.txt')
testCases(import.meta.url, './hashes.cases.txt', {
  files: [{ path: 'hello.txt', contents: 'hello\n' }],
})
testCases(import.meta.url, './blake3-hashes.cases.txt', {
  files: [{ path: 'hello.txt', contents: 'hello\n' }],
  features: ['blake3-hashes'],
})
