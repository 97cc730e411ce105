const flags: Uint8Array[] = []

/** The `fromInherit` of sets that have no `inherit (e)`: zeros, shared and never written to. */
export function noInheritance(bindings: number): Uint8Array {
  if (bindings > 256) return new Uint8Array(bindings)
  return (flags[bindings] ??= new Uint8Array(bindings))
}
