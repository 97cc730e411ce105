/** Builtins that run programs: only where a setting allows it. */
import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuiltinDefinition } from '../builtin'
import { coerceResumable, ContextBuilder } from '../coerce'
import { NixError } from '../errors'
import { HostError } from '../host'
import { fileName } from '../../language/canonical-path'
import { InvalidPath, realiseContext } from '../realise'
import { list } from './parameters'

const commandArgument = list('while evaluating the first argument passed to builtins.exec')
const programContext = 'while evaluating the first element of the argument passed to builtins.exec'
const argumentContext = 'while evaluating an element of the argument passed to builtins.exec'

function framed(error: unknown, message: ByteString): unknown {
  return error instanceof NixError ? error.addFrame(message, 0) : error
}

export const nativeCodeBuiltins: BuiltinDefinition[] = [
  {
    name: 'exec',
    args: ['command'],
    type: '[String] -> a',
    since: null,
    onlyIf: ({ allowNativeCode }) => allowNativeCode,
    doc: 'Runs a program, with arguments, and evaluates what it prints as an expression. It is there only if the setting `allow-unsafe-native-code-during-evaluation` is on.',
    *resume({ evaluator }, command) {
      const elements = yield* commandArgument.receive(command)
      if (elements.length === 0) {
        throw new NixError('usage', "at least one argument to 'exec' required")
      }
      const context = new ContextBuilder()
      const texts: ByteString[] = []
      for (const [i, element] of elements.entries()) {
        const about = i === 0 ? programContext : argumentContext
        const options = { more: false, copyToStore: false, context: about }
        const text = yield coerceResumable(evaluator, yield element, options, context, 0)
        texts.push(text as ByteString)
      }
      const [program, ...args] = texts
      try {
        realiseContext(evaluator, context.build())
      } catch (error) {
        if (!(error instanceof InvalidPath)) throw error
        const name = fileName(error.path)
        throw new NixError(
          'store',
          `cannot execute '${program}', since store path '${name}' is not valid`,
        )
      }
      const output = evaluator.store(() => {
        const { host } = evaluator
        if (host.execute === undefined) throw new HostError('programs are not run here')
        return host.execute(program, args)
      })
      let node
      try {
        node = evaluator.parse(output, { kind: 'string' }, '/')
      } catch (error) {
        throw framed(error, `while parsing the output from '${program}'`)
      }
      try {
        return yield evaluator.delayNode(node)
      } catch (error) {
        throw framed(error, `while evaluating the output from '${program}'`)
      }
    },
  },
]
