/**
 * Tokens (`Authorization: Bearer …`), for servers that are not for everybody: who knows one may push
 * and administer. Without any, everybody may push and nobody administers.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { HttpError } from './http-error'

export class Authorisation {
  private readonly tokens: readonly Buffer[]

  constructor(
    tokens: readonly string[],
    private readonly push: 'anybody' | 'tokens',
  ) {
    this.tokens = tokens.map(digest)
  }

  /** Whether a request brings a token that is right. */
  hasToken(request: IncomingMessage): boolean {
    const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (given === undefined) return false
    const hash = digest(given)
    return this.tokens.some((token) => timingSafeEqual(token, hash))
  }

  mayPush(request: IncomingMessage): boolean {
    return this.push === 'anybody' || this.hasToken(request)
  }

  readonly requirePush: RequestHandler = (request, _response, next) => {
    if (this.mayPush(request)) return next()
    throw new HttpError(401, 'this server needs a token: Authorization: Bearer …')
  }

  readonly requireToken: RequestHandler = (request, _response, next) => {
    if (this.hasToken(request)) return next()
    throw new HttpError(401, 'this needs a token: Authorization: Bearer …')
  }
}

/** Of equal length, whatever the token. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
