/**
 * The busybox seed: the one store path that nothing builds. It holds a static busybox and a link for
 * each of its applets in `bin/`, from Debian's package of one exact version, so that it has the same
 * path on every machine and every derivation that uses it the same `.drv`. A builder puts it into its
 * store when it starts.
 */

export const busyboxSeedName = 'busybox-1.35.0'

export interface BusyboxSeed {
  /** For the store directory `/nix/store`. */
  path: string
  /** Of its NAR, in base-32. */
  narHash: string
}

/** By system. */
export const busyboxSeeds: Readonly<Record<string, BusyboxSeed>> = {
  'x86_64-linux': {
    path: '/nix/store/swnc82w3bmsr6xi4g48i4vdfnqc3jn4c-busybox-1.35.0',
    narHash: 'sha256:0dpnhxl4nrzl63dwzm2frzkbjw9qqapzzw5j5gj844kqlvvccyl2',
  },
  'aarch64-linux': {
    path: '/nix/store/z0jn4a290n8hhfqcrnrph14rrfvcnk09-busybox-1.35.0',
    narHash: 'sha256:0liks86q47145l87hj542xipc5iyzizj0lsg2ipllvfm8yj2l7wz',
  },
}

/**
 * A Nix expression for the seed that any Nix can evaluate, without the seed being there: a
 * fixed-output derivation whose output is the seed's own path. Nothing ever runs its builder, because
 * a builder's store has the path already.
 */
export function busyboxSeedExpression(system: string): string {
  const seed = busyboxSeeds[system]
  if (seed === undefined) throw new RangeError(`there is no busybox for ${system}`)
  return `derivation {
  name = "${busyboxSeedName}";
  system = "${system}";
  builder = "builtin:busybox-seed";
  outputHashMode = "recursive";
  outputHash = "${seed.narHash}";
}`
}
