/** Lets in what a server does so many of at a time, and so many for each visitor. */
import type { IncomingMessage } from 'node:http'
import { HttpError } from './http-error'
import type { Metrics } from './metrics'
import type { PublicLimits } from './public-limits'
import type { Visitors } from './visitors'

const kinds = {
  uploads: { visitorLimit: 'visitorUploads', what: 'uploads' },
  fetches: { visitorLimit: 'visitorFetches', what: 'downloads' },
} as const

export interface AdmissionOptions<Limit extends keyof typeof kinds> {
  limits: Pick<PublicLimits, Limit>
  visitors: Visitors
  metrics: Pick<Metrics, 'refused'>
}

export class Admission<Limit extends keyof typeof kinds> {
  private underWay = 0

  constructor(
    private readonly limit: Limit,
    private readonly options: AdmissionOptions<Limit>,
  ) {}

  /** Takes a place; gives the way to give it back. Throws HttpError or VisitorLimitReached. */
  admit(request: IncomingMessage): () => void {
    const { limits, visitors, metrics } = this.options
    const { visitorLimit, what } = kinds[this.limit]
    const most = limits[this.limit]
    if (this.underWay >= most) {
      metrics.refused(this.limit)
      throw new HttpError(
        503,
        `${this.underWay} ${what} are under way (limit ${this.limit} = ${most}); ` +
          'try again in a moment',
      )
    }
    const leave = visitors.admit(visitors.of(request), visitorLimit)
    this.underWay++
    let left = false
    return () => {
      if (left) return
      left = true
      this.underWay--
      leave()
    }
  }
}
