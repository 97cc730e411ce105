import type { ByteString } from '@snowglobe/shared/bytes'
import { messageOf } from '@snowglobe/shared/message-of'
import type { EvaluatorApi, EvaluatorConnection } from './evaluator-protocol'

/** Rejections that are no failures: the page asked for them. */
export class StoppedError extends Error {
  override name = 'StoppedError'
  constructor() {
    super('stopped')
  }
}
export class SupersededError extends Error {
  override name = 'SupersededError'
  constructor() {
    super('superseded')
  }
}

export interface TaskOptions {
  /** Dropped if a task that replaces it is asked for before it has begun. */
  replaceable?: boolean
  /** Replaces the replaceable tasks that wait. */
  replaces?: boolean
}

/** Milliseconds that the first evaluator, and the page that loads beside it, have for themselves. */
const spareDelay = 1000

interface Task {
  /** Gives what tells the caller how it went. */
  run(api: EvaluatorApi): Promise<() => void>
  reject(error: Error): void
  replaceable: boolean
  /** Something newer was asked for that replaces it. */
  isStale: boolean
}

interface Member {
  generation: number
  connection: EvaluatorConnection
  /** It has been started; never rejected. */
  ready: Promise<void>
  /** Why it is of no use any more, or null. */
  failure: string | null
}

/**
 * The evaluator at work and, soon after the first was loaded, a spare that is ready to take its place.
 *
 * An evaluator does one task at a time, in the order asked. Stop ends the one at work whatever it
 * does, and the spare goes on at once: loading a new one would take longer than a person waits.
 */
export class EvaluatorPool {
  private generations = 0
  private current: Member
  private spare: Member | null = null
  private queue: Task[] = []
  private running: Task | null = null

  /**
   * @param spawn makes a new worker
   * @param start makes it ready; called once for each
   */
  constructor(
    private readonly spawn: () => EvaluatorConnection,
    private readonly start: (api: EvaluatorApi, generation: number) => Promise<void>,
  ) {
    this.current = this.hire()
    // Two that load at once would both be slow, and the first evaluation is waited for.
    void this.current.ready.then(() => setTimeout(() => this.hireSpare(), spareDelay))
  }

  /** Of the evaluator at work; handles of others are dead. */
  get generation(): number {
    return this.current.generation
  }

  /**
   * Runs a task when those before it are done. What the person has typed since makes an evaluation
   * that still waits useless: such tasks are marked as replaceable.
   *
   * @param task is also told, when it asks, whether it has been replaced since it began
   * @throws StoppedError after `stop`, SupersededError if the task was dropped, and what it throws
   */
  run<T>(
    task: (api: EvaluatorApi, isStale: () => boolean) => Promise<T>,
    { replaceable = false, replaces = false }: TaskOptions = {},
  ): Promise<T> {
    if (replaces) this.dropReplaceable()
    return new Promise<T>((resolve, reject) => {
      const run = async (api: EvaluatorApi) => {
        try {
          const result = await task(api, () => queued.isStale)
          return () => resolve(result)
        } catch (error) {
          return () => reject(error)
        }
      }
      const queued: Task = { run, reject, replaceable, isStale: false }
      this.queue.push(queued)
      this.next()
    })
  }

  /** Ends all tasks and the evaluator at work; the spare takes its place. */
  stop(): void {
    const idle = this.running === null
    this.abandon(new StoppedError())
    // One that does nothing can stay: its values can still be opened.
    if (!idle) this.promote()
  }

  /** Puts new evaluators in the place of both, once the tasks that were asked for are done. */
  async renew(): Promise<void> {
    await this.run(async () => undefined).catch(() => undefined)
    this.spare?.connection.terminate()
    this.spare = null
    this.promote()
  }

  /** Tells both evaluators of paths that the store has got. */
  addKnown(paths: ByteString[]): void {
    this.tell((api) => api.addKnown(paths))
  }

  /** Tells both evaluators something. */
  tell(message: (api: EvaluatorApi) => Promise<void>): void {
    for (const member of [this.current, this.spare]) {
      if (member === null) continue
      const { connection, ready } = member
      void ready
        .then(() => message(connection.api))
        .catch(() => {
          // An evaluator that cannot be told has failed, which its connection reports.
        })
    }
  }

  private dropReplaceable(): void {
    const dropped = this.queue.filter((task) => task.replaceable)
    this.queue = this.queue.filter((task) => !task.replaceable)
    for (const task of dropped) task.reject(new SupersededError())
    if (this.running?.replaceable !== true) return
    this.running.isStale = true
    // It may wait for its channel, which can take minutes.
    const { api } = this.current.connection
    void this.current.ready.then(() => api.giveUp()).catch(() => undefined)
  }

  private abandon(error: Error): void {
    const tasks = this.running === null ? this.queue : [this.running, ...this.queue]
    this.running = null
    this.queue = []
    for (const task of tasks) task.reject(error)
  }

  private promote(): void {
    this.current.connection.terminate()
    this.current = this.spare ?? this.hire()
    this.spare = this.hire()
  }

  private hireSpare(): void {
    this.spare ??= this.hire()
  }

  private hire(): Member {
    const generation = ++this.generations
    const connection = this.spawn()
    const ready = this.start(connection.api, generation).catch((error: unknown) => {
      this.failed(member, messageOf(error))
    })
    const member: Member = { generation, connection, ready, failure: null }
    connection.onFailure((reason) => this.failed(member, reason))
    return member
  }

  /**
   * A worker that broke is replaced when it is next needed, not at once: one whose script cannot be
   * loaded would otherwise be replaced for ever.
   */
  private failed(member: Member, reason: string): void {
    member.failure ??= reason
    if (member === this.current && this.running !== null) this.giveUp(reason)
  }

  private giveUp(reason: string): void {
    this.abandon(new Error(`the evaluator has failed: ${reason}`))
    this.promote()
  }

  private next(): void {
    if (this.running !== null) return
    const task = this.queue.shift()
    if (task === undefined) return
    this.running = task
    const member = this.current
    void member.ready.then(async () => {
      if (this.running !== task) return
      if (member.failure !== null) {
        this.giveUp(member.failure)
        return
      }
      const settle = await task.run(member.connection.api)
      if (this.running !== task) return
      this.running = null
      settle()
      this.next()
    })
  }
}
