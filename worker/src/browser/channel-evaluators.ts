/** Evaluators with the channels that snippets want. */
import { messageOf } from '@snowglobe/shared/message-of'
import type { Snippet } from '@snowglobe/shared/snippet'
import type { Problem } from './api'
import { ChannelError, type Channels } from './channels'
import { EvaluatorPool, StoppedError, type TaskOptions } from './evaluator-pool'
import type { ChannelPack, EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

/** How long a spare evaluator leaves a new channel to the one at work. */
const spareMilliseconds = 2000

export interface ChannelEvaluatorsParts {
  channels: Pick<Channels, 'of' | 'toGive' | 'checked' | 'keep' | 'forget' | 'stop'>
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
  /** What each evaluator has mounted. */
  private readonly mounted = new WeakMap<EvaluatorApi, ChannelPack>()
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
   * the channel, too.
   *
   * @throws ChannelError where the channel cannot be had, and what `EvaluatorPool.run` throws
   */
  async run<T>(
    snippet: Snippet,
    task: (api: EvaluatorApi) => Promise<T>,
    options: TaskOptions = {},
  ): Promise<{ done: T; notes: Problem[] }> {
    const { stops } = this
    const found = await this.parts.channels.of(snippet)
    if (this.stops !== stops) throw new StoppedError()
    if (found === null) return { done: await this.pool.run(task, options), notes: [] }
    const { channel, notes } = found
    if (channel !== this.channel) {
      this.channel = channel
      // The spare reads it when the other has it: both at once would make the answer late.
      void this.parts.wait(spareMilliseconds).then(() => {
        if (this.channel === channel) this.pool.tell((api) => this.mount(api, channel))
      })
    }
    const done = await this.pool.run(async (api) => {
      await this.mount(api, channel)
      const answer = task(api)
      // The evaluator is at work: meanwhile the channel is checked here. What comes of it is told below.
      this.parts.channels.checked(channel).catch(() => undefined)
      return answer
    }, options)
    await this.believe(channel)
    return { done, notes }
  }

  /** Waits until a channel is known to be what it says. Throws ChannelError where it is not. */
  private async believe(channel: ChannelPack): Promise<void> {
    try {
      await this.parts.channels.checked(channel)
    } catch (error) {
      // Evaluators have it mounted.
      if (this.channel === channel) {
        this.channel = null
        await this.pool.renew()
      }
      throw error
    }
    void this.parts.channels.keep(channel)
  }

  private async mount(api: EvaluatorApi, channel: ChannelPack | null): Promise<void> {
    if (channel === null || this.mounted.get(api) === channel) return
    try {
      await api.useChannel(this.parts.channels.toGive(channel))
    } catch (error) {
      await this.parts.channels.forget(channel)
      throw new ChannelError(
        `the channel '${channel.name}' cannot be read here, evaluate again to download it afresh ` +
          `(${messageOf(error)})`,
      )
    }
    this.mounted.set(api, channel)
  }

  /** Ends all tasks and downloads. */
  stop(): void {
    this.stops++
    this.parts.channels.stop(new StoppedError())
    this.pool.stop()
  }
}
