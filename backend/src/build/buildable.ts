import type { ByteString } from '@snowglobe/shared/bytes'
import { byteStringToBytes } from '@snowglobe/shared/bytes'
import { derivationKind, type Derivation } from '@snowglobe/shared/derivation'
import { BuildError } from './build-error'

/** What a derivation may ask for in requiredSystemFeatures. */
export const systemFeatures = ['benchmark', 'big-parallel', 'nixos-test']

/** Checks of outputs that are not made yet: to pass over them would be to give what was forbidden. */
const unknownAttributes = [
  'allowedReferences',
  'allowedRequisites',
  'disallowedReferences',
  'disallowedRequisites',
  'exportReferencesGraph',
]
const unknownStructuredAttributes = [
  ...unknownAttributes,
  'outputChecks',
  'unsafeDiscardReferences',
]

/**
 * Whether this builder can build a derivation at all. Throws BuildError that says why it cannot; for
 * a system or feature that is missing in Nix's words.
 */
export function checkBuildable(
  drvPath: ByteString,
  derivation: Derivation,
  systems: readonly string[],
): void {
  const refuse = (why: string) => {
    throw new BuildError({ kind: 'refused', derivation: drvPath, message: why })
  }
  const features = requiredFeatures(derivation)
  const missing = features.some((feature) => !systemFeatures.includes(feature))
  if (!systems.includes(derivation.system) || missing)
    refuse(
      `a '${derivation.system}' with features {${features.join(', ')}} is required to build ` +
        `'${drvPath}', but I am a '${systems[0]}' with features {${systemFeatures.join(', ')}}`,
    )
  if (derivation.builder.startsWith('builtin:'))
    refuse(
      `'${drvPath}' is built by '${derivation.builder}', which needs a network that builds here do ` +
        'not have; add its output to the store by other means',
    )
  const kind = derivationKind(derivation)
  if (kind !== 'input-addressed' && kind !== 'fixed')
    refuse(
      `the output paths of '${drvPath}' are not known before it is built (it is ${kind}), ` +
        'and this builder cannot build such derivations yet',
    )
  const unknown = unknownAttribute(derivation)
  if (unknown !== undefined)
    refuse(`'${drvPath}' sets '${unknown}', which this builder does not know yet`)
  if (unprintable(derivation))
    refuse(`'${drvPath}' has a NUL byte in its builder, arguments or environment`)
  const notText = [derivation.builder, ...derivation.args].find((argument) => !isUtf8(argument))
  if (notText !== undefined)
    refuse(`'${drvPath}' has an argument that is not UTF-8, which this builder cannot pass on`)
}

function requiredFeatures(derivation: Derivation): string[] {
  const structured = attributesOf(derivation)
  if (structured !== null) {
    const features = structured['requiredSystemFeatures']
    return Array.isArray(features) ? features.map(String) : []
  }
  const text = derivation.environment.get('requiredSystemFeatures') ?? ''
  return text.split(/[ \t\n\r]+/).filter(Boolean)
}

function unknownAttribute(derivation: Derivation): string | undefined {
  const structured = attributesOf(derivation)
  return structured === null
    ? unknownAttributes.find((name) => derivation.environment.has(name))
    : unknownStructuredAttributes.find((name) => Object.hasOwn(structured, name))
}

/** Structured attributes; null where there are none. What is no JSON fails later, with a message. */
function attributesOf(derivation: Derivation): Record<string, unknown> | null {
  const text = derivation.environment.get('__json')
  if (text === undefined) return null
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

/** What cannot be in a process's arguments. Bubblewrap is told its own with NULs in between. */
function unprintable(derivation: Derivation): boolean {
  const texts = [derivation.builder, ...derivation.args, ...[...derivation.environment].flat()]
  return texts.some((text) => text.includes('\0'))
}

function isUtf8(text: ByteString): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(byteStringToBytes(text))
    return true
  } catch {
    return false
  }
}
