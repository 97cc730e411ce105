import type { ByteString } from '@snowglobe/shared/bytes'
import type { FileReader } from './file-reader'
import type { CallsMade } from './kept-values'
import type { Slot } from './values'

/** What belongs to one evaluation, and not to the next one of the same evaluator. */
export class Evaluation {
  /** By path: what `import` gives. */
  readonly imported = new Map<ByteString, Slot>()
  /** By path: the store paths of copies. */
  readonly copied = new Map<ByteString, ByteString>()
  readonly callsMade: CallsMade = new Map()

  /** @param files the files as they are during this evaluation */
  constructor(readonly files: FileReader) {}
}
