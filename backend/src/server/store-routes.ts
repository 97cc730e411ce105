import { json, raw, Router, type RequestHandler } from 'express'
import * as v from 'valibot'
import { missingRequestSchema } from '@snowglobe/shared/messages'
import { ImportRefused, type PathImporter } from '../build/import-paths'
import type { DiskStore } from '../store/disk-store'
import { Admission } from './admission'
import type { Authorisation } from './authorisation'
import { HttpError } from './http-error'
import type { Housekeeping } from './housekeeping'
import type { Metrics } from './metrics'
import type { PublicLimits } from './public-limits'
import type { Visitors } from './visitors'

/** 50,000 paths of some 100 characters. */
const questionBytes = 8 * 1024 * 1024

export interface StoreRoutesOptions {
  store: DiskStore
  importer: PathImporter
  limits: PublicLimits
  visitors: Visitors
  authorisation: Authorisation
  housekeeping: Housekeeping
  metrics: Metrics
}

/** What a tab asks of the store before it can ask for a build. */
export function storeRoutes(options: StoreRoutesOptions): Router {
  const { store, importer, limits, visitors, authorisation, housekeeping } = options
  const router = Router()

  router.post('/missing', json({ limit: questionBytes }), async (request, response) => {
    const question = v.safeParse(missingRequestSchema, request.body)
    if (!question.success)
      throw new HttpError(400, `not a question for missing paths: ${question.issues[0].message}`)
    const { paths } = question.output
    const visitor = visitors.of(request)
    const valid = authorisation.mayPush(request)
      ? await housekeeping.keepValid(visitor, paths)
      : await store.queryValidPaths(paths)
    response.json({ missing: paths.filter((path) => !valid.has(path)) })
  })

  router.post(
    '/import',
    authorisation.requirePush,
    admitUpload(options),
    raw({ type: 'application/octet-stream', limit: limits.uploadBytes, inflate: false }),
    async (request, response) => {
      if (!Buffer.isBuffer(request.body))
        throw new HttpError(415, 'an upload is an export stream, application/octet-stream')
      try {
        const visitor = visitors.of(request)
        const imported = await importer.import(request.body, {
          mostPaths: limits.uploadPaths,
          hold: (paths) => housekeeping.keepSent(visitor, paths),
        })
        response.json({ imported })
      } catch (error) {
        if (isRefusal(error)) throw new HttpError(422, error.message)
        throw error
      }
    },
  )

  return router
}

/** Lets an upload in where there is room for it, and ends it when it takes too long to come. */
function admitUpload(options: StoreRoutesOptions): RequestHandler {
  const { limits, housekeeping, metrics } = options
  const admission = new Admission('uploads', options)
  return (request, response, next) => {
    const full = housekeeping.refusal()
    if (full !== null) {
      metrics.refused('freeBytes')
      throw new HttpError(507, full)
    }
    const leave = admission.admit(request)
    const impatience = setTimeout(() => {
      metrics.refused('uploadSeconds')
      response.status(408).set('connection', 'close')
      response.json({
        error:
          `the upload took more than ${limits.uploadSeconds} seconds (limit uploadSeconds = ` +
          `${limits.uploadSeconds}); send less at a time`,
      })
      response.once('finish', () => request.destroy())
    }, limits.uploadSeconds * 1000)
    request.once('end', () => clearTimeout(impatience))
    response.once('close', () => {
      clearTimeout(impatience)
      leave()
    })
    next()
  }
}

/** What the readers throw of bytes that are not what they should be. */
const refusals = new Set(['ExportStreamError', 'NarError', 'StorePathError', 'DerivationError'])

function isRefusal(error: unknown): error is Error {
  return error instanceof ImportRefused || (error instanceof Error && refusals.has(error.name))
}
