import { testCases } from '../testing/evaluate-cases'

testCases(import.meta.url, './json.cases.txt')
testCases(import.meta.url, './xml.cases.txt')
testCases(import.meta.url, './toml.cases.txt')
