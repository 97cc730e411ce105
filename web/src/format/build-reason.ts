import type { ChangeView, ReasonView } from '@snowglobe/worker/browser/api'

/** So many attributes or inputs are named in a sentence. */
const mostNamed = 3

/** Why something has to be built, in a few words. */
export function describeReason(reason: ReasonView): string {
  if (reason.kind === 'new') return 'new'
  const isBefore = reason.origin === 'before'
  if (reason.kind === 'not-built') {
    return isBefore
      ? 'as in the last build, but not there any more'
      : 'as in the channel, not built here yet'
  }
  const own = reason.changes.filter(({ what }) => what !== 'input')
  const inputs = reason.changes.filter(({ what }) => what === 'input')
  const parts: string[] = []
  if (own.length > 0) {
    const verb = isBefore
      ? 'changed since the last build'
      : `${own.length === 1 && !isPlural(own[0]!) ? 'differs' : 'differ'} from the channel’s`
    parts.push(`its ${list(own.map(describeChange))} ${verb}`)
  }
  if (inputs.length > 0) {
    const names = list(inputs.map(({ name }) => name))
    const one = inputs.length === 1
    parts.push(`${parts.length > 0 ? 'and ' : ''}its ${one ? 'input' : 'inputs'} ${names} changed`)
  }
  return parts.join(', ')
}

/** The attribute or part, with the value where that is short: `version (1.2 → 1.3)`. */
function describeChange({ what, name, removed, added }: ChangeView): string {
  if (what === 'attribute' && name === 'version' && removed.length === 1 && added.length === 1) {
    return `version (${removed[0]} → ${added[0]})`
  }
  if (what === 'attribute') return name
  return what === 'source' ? `source ${name}` : what
}

/** Whether a name is that of several things, like `patches`. */
function isPlural({ what, name }: ChangeView): boolean {
  return what === 'arguments' || (what === 'attribute' && /[^s]s$/.test(name))
}

/** `a`, `a and b`, `a, b and c`, `a, b, c and 2 more`. */
function list(items: readonly string[]): string {
  const named = items.slice(0, mostNamed)
  const left = items.length - named.length
  const last = left > 0 ? `${left} more` : named.pop()!
  return named.length === 0 ? last : `${named.join(', ')} and ${last}`
}
