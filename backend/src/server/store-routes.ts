import { json, raw, Router } from 'express'
import * as v from 'valibot'
import { missingRequestSchema } from '@snowglobe/shared/messages'
import { ImportRefused, type PathImporter } from '../build/import-paths'
import type { DiskStore } from '../store/disk-store'
import { HttpError } from './http-error'

/** Uploads are held in memory. */
const uploadsAtATime = 4
/** 50,000 paths of some 100 characters. */
const questionBytes = 8 * 1024 * 1024

/** What a tab asks of the store before it can ask for a build. */
export function storeRoutes(store: DiskStore, importer: PathImporter, uploadBytes: number): Router {
  const router = Router()
  let uploads = 0

  router.post('/missing', json({ limit: questionBytes }), async (request, response) => {
    const question = v.safeParse(missingRequestSchema, request.body)
    if (!question.success)
      throw new HttpError(400, `not a question for missing paths: ${question.issues[0].message}`)
    const { paths } = question.output
    const valid = await store.queryValidPaths(paths)
    response.json({ missing: paths.filter((path) => !valid.has(path)) })
  })

  router.post(
    '/import',
    (_request, response, next) => {
      if (uploads >= uploadsAtATime)
        throw new HttpError(503, `${uploads} uploads are under way; try again in a moment`)
      uploads++
      response.once('close', () => uploads--)
      next()
    },
    raw({ type: 'application/octet-stream', limit: uploadBytes, inflate: false }),
    async (request, response) => {
      if (!Buffer.isBuffer(request.body))
        throw new HttpError(415, 'an upload is an export stream, application/octet-stream')
      try {
        response.json({ imported: await importer.import(request.body) })
      } catch (error) {
        if (isRefusal(error)) throw new HttpError(422, error.message)
        throw error
      }
    },
  )

  return router
}

/** What the readers throw of bytes that are not what they should be. */
const refusals = new Set(['ExportStreamError', 'NarError', 'StorePathError', 'DerivationError'])

function isRefusal(error: unknown): error is Error {
  return error instanceof ImportRefused || (error instanceof Error && refusals.has(error.name))
}
