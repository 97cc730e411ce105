/** Evaluators with the channels that snippets want. */
import { messageOf } from '@snowglobe/shared/message-of'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Problem } from './api'
import { ChannelError, type Channels } from './channels'
import { EvaluatorPool, StoppedError, SupersededError, type TaskOptions } from './evaluator-pool'
import type { ChannelPack, EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

/** How long a spare evaluator leaves a new channel to the one at work. */
const spareMilliseconds = 2000

export interface ChannelEvaluatorsParts {
  channels: Pick<Channels, 'of' | 'reader' | 'checked' | 'keep' | 'forget' | 'stop'>
  /** Makes a new worker. */
  spawn(): EvaluatorConnection
  /** Makes it ready; called once for each. */
  start(api: EvaluatorApi, generation: number): Promise<void>
  wait(milliseconds: number): Promise<void>
}

export class ChannelEvaluators {
  readonly pool: EvaluatorPool
  /** What evaluators that are made from now on mount at once. */
  private channel: ChannelPack | null = null
  /** What each evaluator has mounted, or is mounting. */
  private readonly mounts = new WeakMap<
    EvaluatorApi,
    { channel: ChannelPack; mounted: Promise<void> }
  >()
  /** Times that `stop` was called. */
  private stops = 0

  constructor(private readonly parts: ChannelEvaluatorsParts) {
    this.pool = new EvaluatorPool(
      () => parts.spawn(),
      async (api, generation) => {
        await parts.start(api, generation)
        // Where this fails, the first task that wants the channel tells.
        await this.mount(api, this.channel).catch(() => undefined)
      },
    )
  }

  /**
   * Runs a task on an evaluator that has the snippet's channel. Gives what the person should know of
   * the channel, too. A task that can be replaced begins while the channel's pack comes, but nothing
   * comes of it before the pack is here and checked.
   *
   * @throws ChannelError where the channel cannot be had, and what `EvaluatorPool.run` throws
   */
  async run<T>(
    snippet: Snippet,
    task: (api: EvaluatorApi) => Promise<T>,
    options: TaskOptions = {},
  ): Promise<{ done: T; notes: Problem[] }> {
    const { stops } = this
    const { channels } = this.parts
    const found = await channels.of(snippet)
    if (this.stops !== stops) throw new StoppedError()
    if (found === null) return { done: await this.pool.run(task, options), notes: [] }
    const { channel, notes } = found
    const checked = channels.checked(channel)
    try {
      // What is not replaced when something newer is asked for would hold that up while the pack comes.
      if (options.replaceable !== true) await checked
      this.use(channel)
      const mounted = async (api: EvaluatorApi, isStale: () => boolean) => {
        await this.mount(api, channel)
        if (isStale()) throw new SupersededError()
        return task(api)
      }
      const [done] = await Promise.all([this.pool.run(mounted, options), checked])
      void channels.keep(channel)
      return { done, notes }
    } catch (error) {
      if (error instanceof ChannelError) await this.disbelieve(channel)
      throw error
    }
  }

  /** Has new evaluators mount a channel, and later the spare. */
  private use(channel: ChannelPack): void {
    if (channel === this.channel) return
    this.channel = channel
    // The spare reads it when the other has it: both at once would make the answer late.
    void this.parts.channels
      .checked(channel)
      .then(() => this.parts.wait(spareMilliseconds))
      .then(() => {
        if (this.channel === channel) this.pool.tell((api) => this.mount(api, channel))
      })
      // Who waits for the channel is told.
      .catch(() => undefined)
  }

  /** Puts new evaluators in the place of those that have a channel mounted that is not what it says. */
  private async disbelieve(channel: ChannelPack): Promise<void> {
    if (this.channel !== channel) return
    this.channel = null
    await this.pool.renew()
  }

  private async mount(api: EvaluatorApi, channel: ChannelPack | null): Promise<void> {
    if (channel === null) return
    const before = this.mounts.get(api)
    if (before?.channel === channel) return before.mounted
    const mounted = this.give(api, channel)
    this.mounts.set(api, { channel, mounted })
    return mounted
  }

  private async give(api: EvaluatorApi, channel: ChannelPack): Promise<void> {
    const { channels } = this.parts
    try {
      await api.useChannel(channel, channels.reader(channel))
    } catch (error) {
      this.mounts.delete(api)
      await channels.forget(channel)
      throw new ChannelError(
        `the channel '${channel.name}' cannot be read here, evaluate again to download it afresh ` +
          `(${messageOf(error)})`,
      )
    }
  }

  /** Ends all tasks and downloads. */
  stop(): void {
    this.stops++
    this.parts.channels.stop(new StoppedError())
    this.pool.stop()
  }
}
