import { testCases } from '../testing/evaluate-cases'

testCases(import.meta.url, './regex.cases.txt')
