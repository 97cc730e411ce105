import type { ByteString } from '@snowglobe/shared/bytes'
import type { Derivation } from '@snowglobe/shared/derivation'
import type { BuildLog } from './build-log'
import type { BuildMode } from './build-settings'
import type { DerivationAttributes } from './derivation-attributes'

/** One derivation to be built, and who hears of it. */
export interface BuildJob {
  drvPath: ByteString
  derivation: Derivation
  attributes: DerivationAttributes
  mode: BuildMode
  log: BuildLog
  slot: number
  /** Ends the build when it is aborted. */
  signal: AbortSignal
  /** Outputs that somebody wants. */
  wanted: readonly ByteString[]
  /** Called when all that is known beforehand is right and the work begins. */
  started: () => void
  /** Tells the watchers something that is not of the log. */
  tell: (text: ByteString) => void
}
