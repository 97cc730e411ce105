import { describe, expect, it } from 'vitest'
import { Evaluator } from '../evaluator'
import { HostError } from '../host'
import { evaluateCase } from '../testing/evaluate-cases'
import { TestHost } from '../testing/test-host'

class ExecutingHost extends TestHost {
  execute(program: string, args: readonly string[]): string {
    if (program !== 'echo') throw new HostError(`executing '${program}': No such file or directory`)
    return args.join(' ')
  }
}

describe.each([undefined, 0])('builtins.exec, with a native limit of %s', (limit) => {
  const give = (expression: string, allowNativeCode = true) => {
    const options = limit === undefined ? {} : { nativeLimit: limit }
    const settings = { allowNativeCode }
    const evaluator = new Evaluator(new ExecutingHost(), { ...options, settings })
    return evaluateCase(evaluator, expression, '/test')
  }

  it('is there only if the setting is on', () => {
    expect(give('builtins ? exec', false)).toBe('false')
  })

  it.each([
    ['builtins.exec [ "echo" "1 +" "2" ]', '3'],
    ['builtins.exec [ "echo" "x: x" ] 5', '5'],
    ['builtins.exec [ ]', "error: at least one argument to 'exec' required"],
    ['builtins.exec [ "none" ]', "error: executing 'none': No such file or directory"],
    ['builtins.exec [ 1 ]', 'error: cannot coerce an integer to a string: 1'],
    ['builtins.exec [ "echo" "1 +" ]', 'error: syntax error, unexpected end of file'],
    ['builtins.exec [ "echo" "throw \\"no\\"" ]', 'error: no'],
  ])('%s', (expression, expected) => {
    expect(give(expression)).toBe(expected)
  })
})
