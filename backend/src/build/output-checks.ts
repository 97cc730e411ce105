/** Whether outputs refer to what they may refer to only, and are no larger than they may be. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { isStorePath } from '@snowglobe/shared/store-path'
import type { PathInfo } from '@snowglobe/worker/store/store'
import type { DerivationAttributes, OutputChecks } from './derivation-attributes'
import { rejected } from './rejected'

interface CheckContext {
  drvPath: ByteString
  storeDir: ByteString
  /** Of valid paths. */
  pathInfo: (path: ByteString) => PathInfo | null
}

/** Checks new outputs, given by name. Throws BuildError. */
export function checkOutputs(
  outputs: ReadonlyMap<ByteString, PathInfo>,
  attributes: DerivationAttributes,
  context: CheckContext,
): void {
  const byPath = new Map([...outputs.values()].map((info) => [info.path, info]))
  const infoOf = (path: ByteString) => byPath.get(path) ?? context.pathInfo(path)
  for (const [name, info] of outputs) {
    const checks = attributes.checksOf(name)
    checkSize(info, checks, infoOf, context.drvPath)
    const check = (specifiers: ByteString[] | undefined, allowed: boolean, recursive: boolean) => {
      if (specifiers === undefined) return
      const listed = new Set(
        specifiers.map((specifier) => specifiedPath(specifier, outputs, context)),
      )
      const used = recursive ? closureOf(info.path, infoOf) : new Set(info.references)
      if (recursive && checks.ignoreSelfRefs) used.delete(info.path)
      const bad = [...used].filter((path) => listed.has(path) !== allowed).sort()
      if (bad.length === 0) return
      throw rejected(
        context.drvPath,
        `output '${info.path}' is not allowed to refer to the following paths:` +
          bad.map((path) => `\n  ${path}`).join(''),
      )
    }
    check(checks.allowedReferences, true, false)
    check(checks.allowedRequisites, true, true)
    check(checks.disallowedReferences, false, false)
    check(checks.disallowedRequisites, false, true)
  }
}

function checkSize(
  { path, narSize }: PathInfo,
  { maxSize, maxClosureSize }: OutputChecks,
  infoOf: (path: ByteString) => PathInfo | null,
  drvPath: ByteString,
): void {
  if (maxSize !== undefined && narSize > maxSize)
    throw rejected(
      drvPath,
      `path '${path}' is too large at ${narSize} bytes; limit is ${maxSize} bytes`,
    )
  if (maxClosureSize === undefined) return
  let size = 0
  for (const needed of closureOf(path, infoOf)) size += infoOf(needed)?.narSize ?? 0
  if (size > maxClosureSize)
    throw rejected(
      drvPath,
      `closure of path '${path}' is too large at ${size} bytes; limit is ${maxClosureSize} bytes`,
    )
}

/** A reference specifier: a store path, or the name of an output. */
function specifiedPath(
  specifier: ByteString,
  outputs: ReadonlyMap<ByteString, PathInfo>,
  { storeDir, drvPath }: CheckContext,
): ByteString {
  if (isStorePath(storeDir, specifier)) return specifier
  const output = outputs.get(specifier)
  if (output !== undefined) return output.path
  throw rejected(drvPath, `derivation contains an illegal reference specifier '${specifier}'`)
}

function closureOf(
  path: ByteString,
  infoOf: (path: ByteString) => PathInfo | null,
): Set<ByteString> {
  const found = new Set<ByteString>()
  const pending = [path]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue
    found.add(next)
    pending.push(...(infoOf(next)?.references ?? []))
  }
  return found
}
