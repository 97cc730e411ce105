import type { ByteString } from '@snowglobe/shared/bytes'
import type { AttributeSet } from '../../evaluator/attribute-set'
import { untilDone } from '../../evaluator/awaited'
import { Evaluator } from '../../evaluator/evaluator'
import { automaticArguments } from '../evaluate-sources'
import { evaluatorOptions } from '../evaluator-options'
import { ToldFailure, type CommandHost, type CommandSurroundings } from '../command-host'
import type { ProfileStore, ProfileSurroundings } from '../profile-host'
import type { EnvArguments } from './env-arguments'

/** What `nix-env` needs of where it runs. */
export interface EnvSurroundings
  extends ProfileSurroundings, Pick<CommandSurroundings, 'makeHost' | 'nativeLimit'> {
  /** The directory or file that holds the user's own expressions; null if there is none. */
  ownExpression: ByteString | null
}

/** One run of nix-env: a profile, and an evaluator for what is to be in it. */
export class EnvSession {
  private constructor(
    readonly given: EnvArguments,
    readonly surroundings: EnvSurroundings,
    readonly store: ProfileStore,
    /** The profile's link; absolute. */
    readonly profile: ByteString,
    private readonly host: CommandHost,
    /** The latest evaluator: it knows files as they were when it was made. */
    public evaluator: Evaluator,
  ) {}

  static async open(
    given: EnvArguments,
    surroundings: EnvSurroundings,
    store: ProfileStore,
    profile: ByteString,
  ): Promise<EnvSession> {
    const { settings, searchPath } = given
    const readOnly = given.operation === 'query'
    const host = await surroundings.makeHost({ searchPath, readOnly, settings })
    const evaluator = new Evaluator(host, evaluatorOptions(settings, surroundings.nativeLimit))
    return new EnvSession(given, surroundings, store, profile, host, evaluator)
  }

  /** Values of `--arg` and `--argstr`. */
  automatic(): AttributeSet {
    const { automatic } = this.given
    return automaticArguments({ automatic }, this.evaluator, this.surroundings.workingDirectory)
  }

  /** Does something that evaluates, again as often as it has to wait for something. */
  evaluate<Result>(work: () => Result): Promise<Result> {
    return untilDone(() => this.evaluator.run(work))
  }

  /** Forgets what files were like. */
  refresh(): void {
    const { given, host, surroundings } = this
    this.evaluator = new Evaluator(host, evaluatorOptions(given.settings, surroundings.nativeLimit))
  }

  /** Writes what the evaluation has added to the store. */
  flush(): Promise<void> {
    return this.host.flush()
  }

  /** Makes paths valid. Throws ToldFailure where that fails. */
  async realise(
    paths: readonly ByteString[],
    options: { dryRun?: boolean; showPlan?: boolean } = {},
  ): Promise<void> {
    await this.flush()
    const wanted = paths.map((path) => ({ path, outputs: [] }))
    const status = await this.store.realise(wanted, {
      mode: 'normal',
      dryRun: options.dryRun ?? false,
      showPlan: options.showPlan ?? true,
    })
    if (status !== 0) throw new ToldFailure(status)
  }

  say(message: ByteString): void {
    this.surroundings.writeError(`${message}\n`)
  }

  async close(): Promise<void> {
    await this.host.close?.()
  }
}
