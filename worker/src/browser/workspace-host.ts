import type { StoredTree } from '../language/file-tree'
import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Fetched, FetchRequest } from '../evaluator/fetch-request'
import { HostError, type Host, type NeededOutput } from '../evaluator/host'
import { dumpTree } from '../store/dump-tree'
import { MemoryAccessor } from '../store/memory-accessor'
import { MountAccessor, type Mount } from '../store/mount-accessor'
import { OverlayEvalStore } from '../store/overlay-eval-store'
import type { PreloadedStore } from '../store/preloaded-store'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'
import { MissingOutputs } from './missing-outputs'

const homeDirectory = '/home/nix'

/** What the evaluations of one host do not share. */
export interface Workspace {
  files: SourceAccessor
  /** The file that is evaluated, like `/home/nix/snippet/default.nix`. */
  entry: ByteString
  message: Host['message']
}

/**
 * The surroundings of evaluations in the tab: the store, what is mounted, and a workspace, in whose
 * place another version of it may be put.
 */
export class WorkspaceHost implements Host {
  readonly files: SourceAccessor
  readonly store: OverlayEvalStore
  readonly system: ByteString
  readonly homeDirectory = homeDirectory
  /** Where the workspace is mounted, like `/home/nix/snippet`. */
  readonly directory: ByteString
  /**
   * Whether something was told or asked that the next evaluation must tell or ask once more. Then it
   * cannot go on from the values of those before.
   */
  isUnrepeatable = false
  private workspace: Workspace = { files: new MemoryAccessor([]), entry: '', message: () => {} }
  private readonly environment: ReadonlyMap<ByteString, ByteString>
  /** What was built for this evaluation: paths, or why there are none. */
  private readonly built = new Map<ByteString, ByteString | HostError>()

  /** The workspace is empty until one is put in place, which has this name and is for this system. */
  constructor(
    { name, system }: { name: string; system: string },
    preloaded: PreloadedStore,
    mounts: readonly Mount[] = [],
    readonly nixPath: Host['nixPath'] = [],
    private readonly source: NonNullable<Host['fetch']> | null = null,
  ) {
    this.system = utf8ToByteString(system)
    this.directory = workspaceDirectory(name)
    this.store = new OverlayEvalStore(preloaded)
    this.files = new MountAccessor([
      { at: this.directory, files: new Exchangeable(() => this.workspace.files) },
      { at: preloaded.storeDir, files: this.store.filesOver(preloaded) },
      ...mounts,
    ])
    this.environment = new Map([
      ['HOME', homeDirectory],
      ['PWD', this.directory],
      ['USER', 'nix'],
    ])
  }

  /** Puts a version of the workspace in place. */
  use(workspace: Workspace): void {
    this.workspace = workspace
  }

  get entry(): ByteString {
    return this.workspace.entry
  }

  message(...said: Parameters<Host['message']>): void {
    this.isUnrepeatable = true
    this.workspace.message(...said)
  }

  environmentVariable(name: ByteString): ByteString {
    // With it a program finds the workspace, of which nothing must be kept.
    if (name === 'PWD') this.isUnrepeatable = true
    return this.environment.get(name) ?? ''
  }

  currentTime(): number {
    this.isUnrepeatable = true
    return Math.floor(Date.now() / 1000)
  }

  /** What was fetched from elsewhere; an interruption where it has to be fetched first. */
  fetch(request: FetchRequest, ttl: number): Fetched {
    this.isUnrepeatable = true
    if (request.kind === 'path')
      return { tree: dumpTree(this.files, request.path), lastModified: 0 }
    if (this.source === null) throw new HostError(`'${request.url}' cannot be fetched here`)
    return this.source(request, ttl)
  }

  /** The paths of outputs; an interruption where they have to be built first. */
  realise(needed: readonly NeededOutput[]): ByteString[] {
    this.isUnrepeatable = true
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

/** Where a workspace is mounted, like `/home/nix/snippet`. */
function workspaceDirectory(name: string): ByteString {
  return `${homeDirectory}/${utf8ToByteString(name)}`
}

/** The files of a snippet. Throws HostError where their paths cannot be. */
export function workspaceFiles({ files }: Snippet): SourceAccessor {
  return new MemoryAccessor(
    files.map(({ path, text }) => ({
      path: utf8ToByteString(path),
      contents: utf8ToByteString(text),
    })),
  )
}

/** Files in whose place others may be put. */
class Exchangeable implements SourceAccessor {
  constructor(private readonly files: () => SourceAccessor) {}

  status(path: ByteString): FileStatus | null {
    return this.files().status(path)
  }

  readFile(path: ByteString): Uint8Array {
    return this.files().readFile(path)
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    return this.files().readDirectory(path)
  }

  readLink(path: ByteString): ByteString {
    return this.files().readLink(path)
  }

  identity(path: ByteString): object | null {
    return this.files().identity?.(path) ?? null
  }

  syntax(path: ByteString): StoredTree | null {
    return this.files().syntax?.(path) ?? null
  }
}

function keyOf({ derivation, output }: NeededOutput): ByteString {
  return `${output}!${derivation}`
}
