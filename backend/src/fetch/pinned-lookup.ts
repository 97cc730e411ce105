import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Makes a connection go to what was checked, whatever the name means by now. */
export function pinnedLookup(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, options, callback) => {
    if (options.all) callback(null, [...addresses])
    else callback(null, addresses[0]!.address, addresses[0]!.family)
  }
}
