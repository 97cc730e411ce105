import type { Resumable } from './machine'
import { runResumable } from './machine'
import { Code, Thunk } from './thunk'

const code = new Code(
  (work: () => Resumable) => runResumable(work()),
  null,
  (work: () => Resumable) => work(),
)

/**
 * A slot whose value is what resumable code gives. With it a builtin that seldom has to force or
 * call something is quick where it need not: it returns a value, or this.
 */
export function deferred(work: () => Resumable): Thunk {
  return new Thunk(code, work)
}
