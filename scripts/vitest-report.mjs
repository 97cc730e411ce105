import { relative } from 'node:path'
import { writeFileSync } from 'node:fs'
import { root } from './repository.mjs'

/**
 * Writes what a run of vitest came to, for the summary of `npm test`: how many tests passed, failed
 * and were skipped, which failed and why, and which passed only when they were tried again. The
 * file's path is in SNOWGLOBE_TEST_REPORT.
 */
export default class Report {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: 0, skipped: 0, failures: [], flaky: [] }
    const failed = (name, errors) =>
      report.failures.push({ name, reason: errors.map(({ message }) => message).join('\n') })

    for (const module of modules) {
      const file = relative(root, module.moduleId)
      for (const test of module.children.allTests()) {
        const name = `${file} › ${test.fullName}`
        const { state, errors } = test.result()
        report[state] += 1
        if (state === 'failed') failed(name, errors)
        if (test.diagnostic()?.flaky) report.flaky.push(name)
      }
      if (module.errors().length > 0) failed(file, module.errors())
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) failed(`${file} › ${suite.fullName}`, suite.errors())
      }
    }
    if (unhandledErrors.length > 0) failed('outside any test', unhandledErrors)
    writeFileSync(process.env.SNOWGLOBE_TEST_REPORT, JSON.stringify(report))
  }
}
