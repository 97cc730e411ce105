import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import { HostError, type Host, type NeededOutput } from '../evaluator/host'
import { MemoryAccessor } from '../store/memory-accessor'
import { MountAccessor, type Mount } from '../store/mount-accessor'
import { OverlayEvalStore } from '../store/overlay-eval-store'
import type { PreloadedStore } from '../store/preloaded-store'
import type { SourceAccessor } from '../store/source-accessor'
import { MissingOutputs } from './missing-outputs'

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
  /** What was built for this evaluation: paths, or why there are none. */
  private readonly built = new Map<ByteString, ByteString | HostError>()

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

  /** The paths of outputs; an interruption where they have to be built first. */
  realise(needed: readonly NeededOutput[]): ByteString[] {
    const paths: ByteString[] = []
    for (const wanted of needed) {
      const path = this.built.get(keyOf(wanted))
      if (path instanceof HostError) throw path
      if (path === undefined) throw new MissingOutputs(needed)
      paths.push(path)
    }
    return paths
  }

  /** Answers a MissingOutputs: with the paths in the same order, or with why there are none. */
  provideOutputs(needed: readonly NeededOutput[], answer: readonly ByteString[] | HostError): void {
    for (const [i, wanted] of needed.entries()) {
      this.built.set(keyOf(wanted), answer instanceof HostError ? answer : answer[i])
    }
  }
}

function keyOf({ derivation, output }: NeededOutput): ByteString {
  return `${output}!${derivation}`
}
