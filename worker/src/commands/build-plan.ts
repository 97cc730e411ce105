import type { ByteString } from '@snowglobe/shared/bytes'
import type { BuildPlan } from './command-builder'

const mebibyte = 1024 * 1024

/** The plan as Nix prints it; '' where there is nothing to do. */
export function describePlan(plan: BuildPlan): ByteString {
  const { willBuild, willSubstitute, unknown } = plan
  const list = (paths: readonly ByteString[]) => paths.map((path) => `  ${path}\n`).join('')
  let text = ''
  if (willBuild.length > 0)
    text +=
      (willBuild.length === 1
        ? 'this derivation will be built:\n'
        : `these ${willBuild.length} derivations will be built:\n`) + list(willBuild)
  if (willSubstitute.length > 0) {
    const sizes =
      `(${(plan.downloadSize / mebibyte).toFixed(2)} MiB download, ` +
      `${(plan.narSize / mebibyte).toFixed(2)} MiB unpacked)`
    text +=
      (willSubstitute.length === 1
        ? `this path will be fetched ${sizes}:\n`
        : `these ${willSubstitute.length} paths will be fetched ${sizes}:\n`) + list(willSubstitute)
  }
  if (unknown.length > 0) text += `don't know how to build these paths:\n${list(unknown)}`
  return text
}
