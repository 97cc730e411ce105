import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { isRealisationSigned, type Realisation } from '@snowglobe/shared/realisation'
import {
  parsePublicKey,
  verifySignatures,
  type SignedInfo,
  type Verify,
} from '@snowglobe/shared/signature'

/** The public keys whose holders are believed; Nix's `trusted-public-keys`. */
export class TrustedKeys {
  private readonly keys: { name: string; bytes: Uint8Array }[]
  private readonly objects = new Map<string, KeyObject>()

  /** Takes `name:base64`. Throws SignatureError. */
  constructor(keys: readonly string[]) {
    this.keys = keys.map(parsePublicKey)
  }

  /** Whether one of the keys has signed this. */
  haveSigned(info: SignedInfo, signatures: Iterable<string>): boolean {
    return verifySignatures(info, signatures, this.keys, this.check).size > 0
  }

  haveSignedRealisation(realisation: Realisation): boolean {
    return isRealisationSigned(realisation, this.keys, this.check)
  }

  private readonly check: Verify = (key, message, signature) =>
    verify(null, message, this.objectOf(key), signature)

  private objectOf(bytes: Uint8Array): KeyObject {
    const x = Buffer.from(bytes).toString('base64url')
    let object = this.objects.get(x)
    if (object === undefined) {
      object = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      this.objects.set(x, object)
    }
    return object
  }
}
