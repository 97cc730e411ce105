import {
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signRealisation, type Realisation } from '@snowglobe/shared/realisation'
import {
  formatNamedBytes,
  parseSecretKey,
  publicKeyOf,
  signInfo,
  type NamedBytes,
  type SignedInfo,
} from '@snowglobe/shared/signature'

/** What comes before the 32 bytes of a seed in PKCS #8, RFC 8410. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex')

/** The server's own ed25519 key, with which it vouches for what its cache serves. */
export class SigningKey {
  private readonly key: KeyObject

  private constructor(private readonly secret: NamedBytes) {
    this.key = createPrivateKey({
      key: Buffer.concat([pkcs8Prefix, secret.bytes.subarray(0, 32)]),
      format: 'der',
      type: 'pkcs8',
    })
  }

  /**
   * The key in a directory, in the files `secret-key` and `public-key` as `nix-store
   * --generate-binary-cache-key` writes them; made at the first start.
   */
  static open(directory: string): SigningKey {
    const file = join(directory, 'secret-key')
    if (!existsSync(file)) {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const secret = generate()
      writeFileSync(file, formatNamedBytes(secret), { mode: 0o600 })
      writeFileSync(join(directory, 'public-key'), formatNamedBytes(publicKeyOf(secret)))
    }
    return new SigningKey(parseSecretKey(readFileSync(file, 'utf8').trim()))
  }

  /** `name:base64` */
  get publicKey(): string {
    return formatNamedBytes(publicKeyOf(this.secret))
  }

  /** The signature of a path's information, as `name:base64`. */
  sign(info: SignedInfo): string {
    return signInfo(info, this.secret, (_secret, message) => this.signBytes(message))
  }

  /** The signature of what an output has become, as `name:base64`. */
  signRealisation(realisation: Realisation): string {
    return signRealisation(realisation, this.secret, (_secret, message) => this.signBytes(message))
  }

  private signBytes(message: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, message, this.key))
  }
}

/** Its name is new each time: whoever trusts several servers tells their keys apart by name. */
function generate(): NamedBytes {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d, x } = privateKey.export({ format: 'jwk' })
  const bytes = Buffer.concat([d, x].map((part) => Buffer.from(part ?? '', 'base64url')))
  return { name: `snowglobe-${randomBytes(4).toString('hex')}-1`, bytes: new Uint8Array(bytes) }
}
