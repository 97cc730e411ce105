/** Why something could not be fetched; the message is for people, and names the address. */
export type FetchErrorKind =
  /** Fetching is switched off. */
  | 'off'
  /** The rules do not allow this address. */
  | 'refused'
  /** There is nothing (404, 410, 403 of some servers, no such file). */
  | 'not-found'
  /** The server answered with another status than success. */
  | 'status'
  /** There is no host of this name. */
  | 'unknown-host'
  /** Nobody answers, or the connection broke. */
  | 'network'
  | 'timeout'
  /** The server's certificate is not one to trust. */
  | 'certificate'
  | 'too-large'
  | 'cancelled'

export class FetchError extends Error {
  override name = 'FetchError'

  constructor(
    readonly kind: FetchErrorKind,
    readonly url: string,
    reason: string,
    /** Of the server's last answer, if it gave one. */
    readonly status: number | null = null,
    /** How many milliseconds the server wants us to wait; null if it does not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(`unable to download '${url}': ${reason}`)
  }

  /** Whether the same request may succeed a little later. */
  get isTransient(): boolean {
    if (this.kind === 'network' || this.kind === 'timeout') return true
    const { status } = this
    if (status === null) return false
    // As Nix: what the server says it cannot ever do is not asked for again.
    return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505)
  }
}
