import { isUtf8 } from 'node:buffer'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import { BuildError } from './build-error'
import type { BuildSettings } from './build-settings'
import { builtinBuilders } from './builtin-builders'
import type { DerivationAttributes } from './derivation-attributes'

/**
 * Whether this builder can build a derivation at all. Throws BuildError that says why it cannot; for
 * a system or feature that is missing in Nix's words.
 */
export function checkBuildable(
  drvPath: ByteString,
  derivation: Derivation,
  attributes: DerivationAttributes,
  settings: Pick<BuildSettings, 'systems' | 'systemFeatures'>,
): void {
  const refuse = (why: string) => {
    throw new BuildError({ kind: 'refused', derivation: drvPath, message: why })
  }
  const { systems, systemFeatures } = settings
  const isBuiltin = derivation.builder.startsWith('builtin:')
  const features = attributes.requiredSystemFeatures()
  const missing = features.some((feature) => !systemFeatures.includes(feature))
  const isOurs = isBuiltin || systems.includes(derivation.system)
  if (!isOurs || missing)
    refuse(
      `a '${derivation.system}' with features {${features.join(', ')}} is required to build ` +
        `'${drvPath}', but I am a '${systems[0]}' with features {${systemFeatures.join(', ')}}`,
    )
  if (isBuiltin && !builtinBuilders.has(derivation.builder))
    refuse(`unsupported builtin builder '${derivation.builder.slice('builtin:'.length)}'`)
  if (isBuiltin) return
  if (unprintable(derivation))
    refuse(`'${drvPath}' has a NUL byte in its builder, arguments or environment`)
  const notText = [derivation.builder, ...derivation.args].find(
    (argument) => !isUtf8(Buffer.from(argument, 'latin1')),
  )
  if (notText !== undefined)
    refuse(`'${drvPath}' has an argument that is not UTF-8, which this builder cannot pass on`)
}

/** Throws BuildError where an experimental feature is not switched on. */
export function requireFeature(
  { experimentalFeatures }: Pick<BuildSettings, 'experimentalFeatures'>,
  feature: string,
  drvPath: ByteString,
): void {
  if (experimentalFeatures.has(feature)) return
  throw new BuildError({
    kind: 'refused',
    derivation: drvPath,
    message:
      `experimental Nix feature '${feature}' is disabled; use ` +
      `'--extra-experimental-features ${feature}' to override`,
  })
}

/** What cannot be in a process's arguments. Bubblewrap is told its own with NULs in between. */
function unprintable(derivation: Derivation): boolean {
  const texts = [derivation.builder, ...derivation.args, ...[...derivation.environment].flat()]
  return texts.some((text) => text.includes('\0'))
}
