/** What Prometheus is told at `/metrics`: counts and durations, and nothing about anybody. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export interface MetricSources {
  buildsRunning: () => number
  buildsWaiting: () => number
  shells: () => number
  sockets: () => number
  visitors: () => number
  storeBytes: () => number
  freeBytes: () => number
}

export class Metrics {
  readonly registry = new Registry()
  private readonly requests = new Counter({
    name: 'snowglobe_http_requests_total',
    help: 'Requests that were answered, by kind of address and status.',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  })
  private readonly durations = new Histogram({
    name: 'snowglobe_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [this.registry],
  })
  private readonly builds = new Counter({
    name: 'snowglobe_builds_total',
    help: 'Requests to build that have ended, by how.',
    labelNames: ['result'],
    registers: [this.registry],
  })
  private readonly refusals = new Counter({
    name: 'snowglobe_refusals_total',
    help: 'What was refused because of a limit, by its name.',
    labelNames: ['limit'],
    registers: [this.registry],
  })
  private readonly collected = new Counter({
    name: 'snowglobe_collected_bytes_total',
    help: 'Bytes that garbage collection has freed.',
    registers: [this.registry],
  })

  constructor(sources: MetricSources) {
    collectDefaultMetrics({ register: this.registry })
    const gauges: [string, string, () => number][] = [
      ['snowglobe_builds_running', 'Builders that run.', sources.buildsRunning],
      ['snowglobe_builds_waiting', 'Requests to build that wait.', sources.buildsWaiting],
      ['snowglobe_shells', 'Open shells.', sources.shells],
      ['snowglobe_sockets', 'Open WebSockets.', sources.sockets],
      ['snowglobe_visitors', 'Visitors with something under way.', sources.visitors],
      ['snowglobe_store_bytes', 'Bytes of all store paths.', sources.storeBytes],
      ['snowglobe_free_bytes', "Bytes free on the data directory's disk.", sources.freeBytes],
    ]
    for (const [name, help, value] of gauges)
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(value())
        },
      })
  }

  answered(route: string, status: number, seconds: number): void {
    this.requests.inc({ route, status })
    this.durations.observe({ route }, seconds)
  }

  buildEnded(result: string): void {
    this.builds.inc({ result })
  }

  refused(limit: string): void {
    this.refusals.inc({ limit })
  }

  freed(bytes: number): void {
    this.collected.inc(bytes)
  }
}
