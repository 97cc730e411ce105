/** The sessions of an evaluator, and what they evaluate with: the store, a channel, what is fetched. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { messageOf } from '@snowglobe/shared/message-of'
import { checkSnippet, type Snippet } from '@snowglobe/shared/snippet'
import { awaitedFetches } from '../evaluator/awaited-fetches'
import type { Host } from '../evaluator/host'
import { sharedTrees } from '../language/tree-cache'
import type { Mount } from '../store/mount-accessor'
import { PreloadedStore } from '../store/preloaded-store'
import type { Problem } from './api'
import { EvaluationSession, Surroundings } from './evaluation-session'
import { ComingPack } from './coming-pack'
import type {
  BuildOutputs,
  ChannelPack,
  FetchSource,
  LoadContents,
  ReadPack,
} from './evaluator-protocol'
import type { MissingOutputs } from './missing-outputs'
import { mountPack } from './mount-pack'
import { plainProblem } from './plain-problem'
import { hostError, toldFetches } from './waiting'
import { wantedChannel } from './wanted-channel'
import { workspaceSettings } from './workspace-settings'

/** Evaluations whose values can still be opened: the page may show an older one for a while. */
const keptSessions = 3

export class Sessions {
  private readonly preloaded: PreloadedStore
  private readonly fetch: NonNullable<Host['fetch']> | null
  /** Those whose values can be opened, the newest last. */
  private readonly kept: EvaluationSession[] = []
  private channel: { name: string; mount: Mount } | null = null
  /** The channel's pack, where it came, or still comes, while it was mounted. */
  private coming: ComingPack | null = null
  /** Those of what is evaluated as the person types. */
  private surroundings: Surroundings | null = null

  constructor(
    storeDir: ByteString,
    private readonly loadContents: LoadContents,
    private readonly buildOutputs: BuildOutputs | null,
    fetch: FetchSource | null,
  ) {
    this.preloaded = new PreloadedStore(storeDir)
    this.fetch = fetch === null ? null : awaitedFetches(toldFetches(fetch))
  }

  /** Tells of paths that the store has. */
  addKnown(paths: ByteString[]): void {
    this.preloaded.addKnown(paths)
  }

  /**
   * Mounts a channel in place of the one before; a pack that is still coming as soon as it can be
   * opened. Rejected where its pack cannot be read.
   */
  async useChannel(given: ChannelPack, read?: ReadPack): Promise<void> {
    const { name, storePath, size, pack } = given
    // The one before need not be held while this one is read: both may be large.
    this.channel = null
    this.surroundings = null
    this.coming?.leave()
    this.coming = null
    sharedTrees.clear()
    const mount =
      read === undefined
        ? mountPack(new Uint8Array(await pack!.arrayBuffer()), storePath)
        : await this.mountComing(new ComingPack(size, read), storePath)
    this.preloaded.addKnown([storePath])
    this.preloaded.addReferences(storePath, [])
    this.channel = { name, mount }
  }

  private async mountComing(pack: ComingPack, storePath: ByteString): Promise<Mount> {
    await pack.opened()
    this.coming = pack
    return mountPack(pack.bytes, storePath, (end) => pack.require(end))
  }

  /** Ends what waits for files of the channel. */
  giveUp(): void {
    this.coming?.giveUp()
  }

  /**
   * A new session, or null with the problem that the snippet itself has. Of passing ones, each goes on
   * from what the ones before know of files in the store.
   */
  open(
    snippet: Snippet,
    problems: Problem[],
    mounts: readonly Mount[] = [],
    passing = false,
  ): EvaluationSession | null {
    this.preloaded.retry()
    try {
      checkSnippet(snippet)
      problems.push(...workspaceSettings(snippet).problems)
      if (!passing) return new EvaluationSession(snippet, this.surround(snippet, mounts, false))
      if (this.surroundings?.serve(snippet) !== true) {
        this.surroundings = this.surround(snippet, mounts, true)
      }
      return new EvaluationSession(snippet, this.surroundings)
    } catch (error) {
      problems.push(plainProblem('snippet', messageOf(error)))
      return null
    }
  }

  /** Lets the values of a session be opened until so many others were kept. */
  keep(session: EvaluationSession): void {
    this.kept.push(session)
    if (this.kept.length > keptSessions) this.kept.shift()
  }

  /** The session whose value a handle stands for. Throws an Error where it is gone. */
  ofHandle(id: number): EvaluationSession {
    const session = this.kept.find(({ handles }) => handles.has(id))
    if (session !== undefined) return session
    throw new Error('this value is of an older evaluation: evaluate again')
  }

  /** Runs work of a session; what it reads of derivations' outputs is built only if it may be. */
  run<T>(session: EvaluationSession, work: () => T, mayBuild = false): Promise<T> {
    const load = async (path: ByteString) => {
      try {
        const { nar, references } = await this.loadContents(path)
        this.preloaded.provide(path, nar, references)
      } catch (error) {
        this.preloaded.refuse(path, messageOf(error))
      }
    }
    const { buildOutputs } = this
    const build = async ({ needed }: MissingOutputs) => {
      try {
        const paths = await buildOutputs!(needed, session.host.store.takeAdded())
        this.preloaded.addKnown(paths)
        session.host.provideOutputs(needed, paths)
      } catch (error) {
        session.host.provideOutputs(needed, hostError(error))
      }
    }
    return session.run(work, load, mayBuild && buildOutputs !== null ? build : null)
  }

  private surround(snippet: Snippet, mounts: readonly Mount[], keepsValues: boolean): Surroundings {
    const wanted = wantedChannel(snippet)
    const channel = wanted === null ? null : this.channel
    if (wanted !== null && channel?.name !== wanted) {
      throw new Error(`the channel '${wanted}' is not here: choose another one`)
    }
    const mounted = channel === null ? mounts : [...mounts, channel.mount]
    const nixPath = channel === null ? [] : [{ prefix: 'nixpkgs', path: channel.mount.at }]
    return new Surroundings(snippet, this.preloaded, mounted, nixPath, keepsValues, this.fetch)
  }
}
