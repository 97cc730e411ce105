import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Host } from '../evaluator/host'
import { MemoryAccessor } from '../store/memory-accessor'
import { MountAccessor, type Mount } from '../store/mount-accessor'
import { OverlayEvalStore } from '../store/overlay-eval-store'
import type { PreloadedStore } from '../store/preloaded-store'
import type { SourceAccessor } from '../store/source-accessor'

const homeDirectory = '/home/nix'

/** The surroundings of one evaluation in the tab: a workspace, the store, and what is mounted. */
export class WorkspaceHost implements Host {
  readonly files: SourceAccessor
  readonly store: OverlayEvalStore
  readonly system: ByteString
  readonly homeDirectory = homeDirectory
  /** Where the workspace is mounted, like `/home/nix/snippet`. */
  readonly directory: ByteString
  /** The file that is evaluated. */
  readonly entry: ByteString
  private readonly environment: ReadonlyMap<ByteString, ByteString>

  constructor(
    snippet: Snippet,
    preloaded: PreloadedStore,
    readonly message: Host['message'],
    mounts: readonly Mount[] = [],
    readonly nixPath: Host['nixPath'] = [],
  ) {
    this.system = utf8ToByteString(snippet.system)
    this.directory = `${homeDirectory}/${utf8ToByteString(snippet.name)}`
    this.entry = `${this.directory}/${utf8ToByteString(snippet.entry)}`
    this.store = new OverlayEvalStore(preloaded)
    const workspace = snippet.files.map(({ path, text }) => ({
      path: utf8ToByteString(path),
      contents: utf8ToByteString(text),
    }))
    this.files = new MountAccessor([
      { at: this.directory, files: new MemoryAccessor(workspace) },
      { at: preloaded.storeDir, files: this.store.filesOver(preloaded) },
      ...mounts,
    ])
    this.environment = new Map([
      ['HOME', homeDirectory],
      ['PWD', this.directory],
      ['USER', 'nix'],
    ])
  }

  environmentVariable(name: ByteString): ByteString {
    return this.environment.get(name) ?? ''
  }

  currentTime(): number {
    return Math.floor(Date.now() / 1000)
  }
}
