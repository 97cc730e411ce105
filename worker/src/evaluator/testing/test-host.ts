/** A host for tests: files in memory, an empty store over nothing. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { MemoryAccessor, type MemoryFile } from '../../store/memory-accessor'
import { MountAccessor } from '../../store/mount-accessor'
import { OverlayEvalStore } from '../../store/overlay-eval-store'
import { PreloadedStore } from '../../store/preloaded-store'
import type { SourceAccessor } from '../../store/source-accessor'
import type { Host } from '../host'

export class TestHost implements Host {
  readonly preloaded = new PreloadedStore(defaultStoreDir)
  readonly store: OverlayEvalStore
  readonly files: SourceAccessor
  readonly system = 'x86_64-linux'
  readonly homeDirectory = '/home/test'
  readonly nixPath: { prefix: ByteString; path: ByteString }[] = []
  /** What evaluations said, like `trace: x`. */
  readonly messages: ByteString[] = []
  readonly environment = new Map<ByteString, ByteString>()

  /** `files` lie below `directory`, an absolute path. */
  constructor(directory: ByteString = '/test', files: readonly MemoryFile[] = []) {
    this.store = new OverlayEvalStore(this.preloaded)
    this.files = new MountAccessor([
      { at: directory, files: new MemoryAccessor(files) },
      { at: defaultStoreDir, files: this.store.filesOver(this.preloaded) },
    ])
  }

  environmentVariable(name: ByteString): ByteString {
    return this.environment.get(name) ?? ''
  }

  currentTime(): number {
    return 1_700_000_000
  }

  message(kind: 'trace' | 'warning', text: ByteString): void {
    this.messages.push(`${kind}: ${text}`)
  }
}
