/** The builds that the person asks for, one at a time. */
import type { Snippet } from '@snowglobe/shared/snippet'
import { StoreError, type Store } from '../store/store'
import type { BuildEvent, BuildResult } from './api'
import { BackendError, type BackendClient } from './backend-client'
import { reasonAgainst } from './backend-refusal'
import { makePlan, runBuild, type BuildJobOptions } from './build-job'
import { viewReasons, type BuildPlan, type BuildPlanner } from './build-planner'
import type { ChannelEvaluators } from './channel-evaluators'
import { ChannelError } from './channels'
import { StoppedError } from './evaluator-pool'
import type { EvaluatorApi, WantedOutput } from './evaluator-protocol'
import type { TabContents } from './tab-contents'
import { wantedChannel } from './wanted-channel'

export interface BuildDeskParts extends Pick<BuildJobOptions, 'connect' | 'wait'> {
  store: Store
  backend: BuildJobOptions['backend'] & Pick<BackendClient, 'health'>
  planner: BuildPlanner
  contents: Pick<TabContents, 'add' | 'takeResults'>
  evaluators: Pick<ChannelEvaluators, 'run'>
}

export class BuildDesk {
  private building: AbortController | null = null

  constructor(private readonly parts: BuildDeskParts) {}

  get isBuilding(): boolean {
    return this.building !== null
  }

  /** Ends the build that is under way. */
  stop(): void {
    this.building?.abort(new StoppedError())
  }

  /** Builds what a snippet gives. Never rejected but by what is no fault of the person's. */
  build(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.whileBuilding((signal) => this.buildUntil(signal, snippet, onEvent))
  }

  /** Tells what a build would take, and why; builds nothing. */
  plan(snippet: Snippet, onEvent: (event: BuildEvent) => void): Promise<BuildResult> {
    return this.whileBuilding(async (signal) => {
      const wanted = await this.instantiate(signal, snippet)
      if ('status' in wanted) return wanted
      const { store, planner } = this.parts
      const { plan } = await makePlan({ wanted, store, planner, onEvent, signal })
      await this.explain(plan, snippet, onEvent)
      signal.throwIfAborted()
      return { status: 'planned' }
    })
  }

  private async whileBuilding(
    work: (signal: AbortSignal) => Promise<BuildResult>,
  ): Promise<BuildResult> {
    if (this.building !== null) throw new Error('a build is running: stop it first')
    const building = new AbortController()
    this.building = building
    try {
      return await work(building.signal)
    } catch (error) {
      if (building.signal.aborted || error instanceof StoppedError) return { status: 'stopped' }
      if (
        error instanceof BackendError ||
        error instanceof StoreError ||
        error instanceof ChannelError
      ) {
        return notBuildable(error.message)
      }
      throw error
    } finally {
      this.building = null
    }
  }

  /** What Build is to build, its derivations in the store; or why nothing can be built. */
  private async instantiate(
    signal: AbortSignal,
    snippet: Snippet,
  ): Promise<WantedOutput[] | BuildResult> {
    const { store, backend, contents, evaluators } = this.parts
    const { done } = await evaluators.run(snippet, (api) => api.instantiate(snippet))
    const { result, added } = done
    signal.throwIfAborted()
    if ('reason' in result) return { status: 'not-buildable', ...result }
    await contents.add(added)
    const reason = reasonAgainst(await backend.health(), store.storeDir)
    if (reason !== null) return notBuildable(reason)
    signal.throwIfAborted()
    return result.wanted
  }

  /** Tells why what a plan has is to be built. Where that cannot be found out, nothing is told. */
  private async explain(
    plan: BuildPlan,
    snippet: Snippet,
    onEvent: (event: BuildEvent) => void,
  ): Promise<void> {
    const none = { result: [], added: [] }
    const { planner, evaluators } = this.parts
    const reasons = await planner.explain(plan, async (packages) => {
      if (wantedChannel(snippet) === null) return none
      const task = (api: EvaluatorApi) => api.instantiateChannel(snippet, packages)
      return (await evaluators.run(snippet, task)).done
    })
    onEvent({ type: 'reasons', reasons: viewReasons(reasons) })
  }

  private async buildUntil(
    signal: AbortSignal,
    snippet: Snippet,
    onEvent: (event: BuildEvent) => void,
  ): Promise<BuildResult> {
    const wanted = await this.instantiate(signal, snippet)
    if ('status' in wanted) return wanted
    const { store, planner, backend, connect, wait } = this.parts
    let planned: BuildPlan | null = null
    const built = await runBuild({
      wanted,
      store,
      backend,
      planner,
      connect: () => connect(),
      onEvent,
      onPlan: (plan) => {
        planned = plan
        // The build does not wait to be explained.
        void this.explain(plan, snippet, onEvent).catch(() => undefined)
      },
      signal,
      wait: (milliseconds) => wait(milliseconds),
    })
    if (built.status === 'built') {
      if (planned !== null) planner.remember(planned)
      await this.parts.contents.takeResults(built.outputs)
    }
    return built
  }
}

function notBuildable(reason: string): BuildResult {
  return { status: 'not-buildable', problems: [], reason }
}
