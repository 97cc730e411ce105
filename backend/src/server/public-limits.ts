/**
 * What visitors together and each may use of a server. Names are those of the answer to /api/health
 * and of refusals; `SNOWGLOBE_LIMIT_` and the name in capitals is the variable that sets one.
 */
export interface PublicLimits {
  /** Requests to build that may wait at a time. */
  queueLength: number
  /** Requests to build that one visitor may have at a time. */
  visitorBuilds: number
  /** Of one upload. */
  uploadBytes: number
  /** Store paths in one upload. */
  uploadPaths: number
  /** What was sent for a build, or found to be there, is kept for so long until that is asked for. */
  sentSeconds: number
  /** Of what is kept so, one visitor's. */
  sentBytes: number
  /** Until an upload must have come whole. */
  uploadSeconds: number
  /** Uploads at a time; they are held in memory. */
  uploads: number
  visitorUploads: number
  /** Downloads for evaluations at a time; they are held in memory. */
  fetches: number
  visitorFetches: number
  /** Shells at a time. */
  shells: number
  visitorShells: number
  /** Of one shell, whatever happens in it. */
  shellSeconds: number
  /** Of one shell without a key or a byte of output. */
  shellIdleSeconds: number
  /** Failed builds whose directories are kept for shells, how large each may be, and how long. */
  keptBuilds: number
  keptBytes: number
  keptSeconds: number
  /** TCP connections at a time. */
  connections: number
  /** WebSockets that one visitor may have at a time. */
  visitorSockets: number
  /** Garbage is collected when the store has become larger than this. */
  storeBytes: number
  /** Garbage is collected when less than this is free on the disk, and nothing is taken if that does not help. */
  freeBytes: number
  /** What was built stays for so long after somebody has last asked for it. */
  rootSeconds: number
}

const mebibyte = 2 ** 20
const gibibyte = 2 ** 30

export const defaultPublicLimits: PublicLimits = {
  queueLength: 100,
  visitorBuilds: 8,
  uploadBytes: 256 * mebibyte,
  uploadPaths: 20_000,
  sentSeconds: 300,
  sentBytes: gibibyte,
  uploadSeconds: 120,
  uploads: 4,
  visitorUploads: 2,
  fetches: 4,
  visitorFetches: 2,
  shells: 4,
  visitorShells: 2,
  shellSeconds: 3600,
  shellIdleSeconds: 600,
  keptBuilds: 8,
  keptBytes: 256 * mebibyte,
  keptSeconds: 900,
  connections: 4096,
  visitorSockets: 64,
  storeBytes: 20 * gibibyte,
  freeBytes: gibibyte,
  rootSeconds: 7 * 24 * 3600,
}
