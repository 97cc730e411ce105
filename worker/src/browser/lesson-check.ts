import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import { AttributeSet } from '../evaluator/attribute-set'
import { NixError } from '../evaluator/errors'
import { printForError } from '../evaluator/print-value'
import { force } from '../evaluator/thunk'
import { ContextString, type Slot, type Value } from '../evaluator/values'
import { printString } from '../language/print-tree'
import { MemoryAccessor } from '../store/memory-accessor'
import type { Mount } from '../store/mount-accessor'
import type { CheckResult } from './api'
import type { WorkspaceHost } from './workspace-host'

const lessonDirectory = '/lesson'

/** The check of a lesson as a file that can be evaluated. */
export function mountCheck(source: string): Mount {
  const contents = utf8ToByteString(source)
  return { at: lessonDirectory, files: new MemoryAccessor([{ path: 'check.nix', contents }]) }
}

/** The expression that calls a lesson's check: the snippet's value stays unevaluated in it. */
export function callCheck(
  host: Pick<WorkspaceHost, 'directory' | 'entry'>,
  { files }: Snippet,
): ByteString {
  const path = (text: ByteString) => `(/. + ${printString(text)})`
  const attributes = files.map(({ path: name }) => {
    const bytes = utf8ToByteString(name)
    return `${printString(bytes)} = builtins.readFile ${path(`${host.directory}/${bytes}`)};`
  })
  return (
    `import ${path(`${lessonDirectory}/check.nix`)} { ` +
    `value = import ${path(host.entry)}; files = { ${attributes.join(' ')} }; }`
  )
}

/**
 * Reads what a lesson's check gives: `[ { ok = true; hint = "…"; } … ]`. Checks are added one by one,
 * so that those before an error are known; the one whose `ok` fails counts as not passed.
 *
 * @param run runs something that evaluates
 * @throws NixError, also where the check gives something else than such a list
 */
export async function readChecks(
  list: Value,
  checks: CheckResult['checks'],
  run: <T>(work: () => T) => Promise<T>,
): Promise<void> {
  if (!Array.isArray(list)) {
    throw new NixError('type', await run(() => `a check gives a list, not ${printForError(list)}`))
  }
  for (const slot of list as readonly Slot[]) {
    const hint = await run(() => hintOf(force(slot)))
    checks.push({ ok: false, hint })
    checks[checks.length - 1].ok = await run(() => isOk(force(slot)))
  }
}

function hintOf(value: Value): string {
  const hint = force(attribute(value, 'hint'))
  if (hint instanceof ContextString) return byteStringToUtf8(hint.text)
  if (typeof hint === 'string') return byteStringToUtf8(hint)
  throw new NixError('type', `the hint of a check is a string, not ${printForError(hint)}`)
}

function isOk(value: Value): boolean {
  const ok = force(attribute(value, 'ok'))
  if (typeof ok === 'boolean') return ok
  throw new NixError('type', `the result of a check is true or false, not ${printForError(ok)}`)
}

function attribute(value: Value, name: string): Slot {
  const slot = value instanceof AttributeSet ? value.get(name) : undefined
  if (slot !== undefined) return slot
  throw new NixError('type', `a check is a set with ok and hint, not ${printForError(value)}`)
}
