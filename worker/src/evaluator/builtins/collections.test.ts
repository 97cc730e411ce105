import { testCases } from '../testing/evaluate-cases'

testCases(import.meta.url, './lists.cases.txt')
testCases(import.meta.url, './attribute-sets.cases.txt')
testCases(import.meta.url, './numbers.cases.txt')
