import type { ByteString } from '@snowglobe/shared/bytes'
import { Interruption } from '../evaluator/errors'

/**
 * The contents of a store path are needed that can only be had asynchronously. Whoever began the
 * evaluation loads them and begins it again; what it has found out so far is kept.
 */
export class MissingContents extends Interruption {
  override name = 'MissingContents'

  constructor(readonly path: ByteString) {
    super(`the contents of '${path}' are not in memory`)
  }
}
