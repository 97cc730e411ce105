/**
 * What tab and backend say to each other, with schemas: both sides check what they get.
 *
 * HTTP (JSON unless said otherwise):
 * - `GET  /api/health` → Health
 * - `GET  /api/channels` → ChannelsResponse; each pack (pack.ts) at its own `url`
 * - `POST /api/store/missing` MissingRequest → MissingResponse
 * - `POST /api/store/import` an export stream (`nix-store --export`, application/octet-stream) of
 *   text, source and fixed content-addressed paths, `.drv` files included → ImportResponse. Every
 *   path is recomputed; one that is not what its contents say is refused, by name.
 * - `POST /api/fetch` FetchQuestion (fetch-messages.ts) → a NAR: for evaluations
 * - errors: any 4xx/5xx with ErrorResponse
 * - Nix's own binary cache: `/nix-cache-info`, `/<hash>.narinfo`, `/nar/…`
 *
 * WebSocket `/api/builds` (JSON text messages): ClientMessage and ServerMessage.
 *
 * WebSocket `/api/shell`, one for each shell: the first message is ShellRequest, then ShellInput; the
 * server sends ShellEvent, and what the terminal shows as binary messages.
 */
import * as v from 'valibot'

const storePath = v.pipe(v.string(), v.maxLength(512), v.startsWith('/'))
const identifier = v.pipe(v.string(), v.minLength(1), v.maxLength(64))

export const healthSchema = v.object({
  version: v.string(),
  storeDir: v.string(),
  systems: v.array(v.string()),
  sandbox: v.object({
    available: v.boolean(),
    /** Of the launcher, like "bubblewrap 0.8.0". */
    launcher: v.nullable(v.string()),
    /** Why builds are switched off and what the operator can do. */
    reason: v.nullable(v.string()),
  }),
  queue: v.object({ running: v.number(), waiting: v.number(), capacity: v.number() }),
  /** `name:base64` of the key that signs what the cache serves. */
  publicKey: v.string(),
  /** Limits of one build, as the page tells them. */
  limits: v.record(v.string(), v.number()),
})
export type Health = v.InferOutput<typeof healthSchema>

/** A package collection that `<nixpkgs>` may mean, as a pack that can be downloaded. */
export const channelSchema = v.object({
  /** As snippets name it. */
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** What people are told of it: its version or revision; may be ''. */
  label: v.string(),
  /** What its tree is mounted as. */
  storePath,
  /** Bytes of the pack, uncompressed. */
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** Of the pack, in base 16. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  /** Relative to the backend's address. Another pack has another one. */
  url: v.pipe(v.string(), v.regex(/^channels\/\w+\.pack$/)),
})
export type Channel = v.InferOutput<typeof channelSchema>

export const channelsResponseSchema = v.object({
  channels: v.pipe(v.array(channelSchema), v.maxLength(100)),
})
export type ChannelsResponse = v.InferOutput<typeof channelsResponseSchema>

export const missingRequestSchema = v.object({
  paths: v.pipe(v.array(storePath), v.maxLength(50_000)),
})
export const missingResponseSchema = v.object({ missing: v.array(v.string()) })

export const importResponseSchema = v.object({ imported: v.array(v.string()) })

export const errorResponseSchema = v.object({ error: v.string() })

export const clientMessageSchema = v.variant('type', [
  /** Starts (or joins) the build of these outputs; all `.drv`s must have been imported. */
  v.object({
    type: v.literal('build'),
    id: identifier,
    derivations: v.pipe(
      v.array(v.object({ path: storePath, outputs: v.array(v.string()) })),
      v.minLength(1),
      v.maxLength(1000),
    ),
  }),
  /** This watcher no longer wants the build: it dies when its last watcher has gone. */
  v.object({ type: v.literal('stop'), id: identifier }),
])
export type ClientMessage = v.InferOutput<typeof clientMessageSchema>

/** The step a derivation is at, as the page lists them. */
const buildStateSchema = v.picklist([
  'waiting',
  'substituting',
  'building',
  'built',
  'present',
  'failed',
  'cancelled',
])
export type BuildState = v.InferOutput<typeof buildStateSchema>

const builtOutputSchema = v.object({
  /** The derivation asked for. */
  derivation: v.string(),
  output: v.string(),
  path: v.string(),
  /** `sha256:` and base-32. */
  narHash: v.string(),
  narSize: v.number(),
  references: v.array(v.string()),
})
export type BuiltOutput = v.InferOutput<typeof builtOutputSchema>

const buildFailureSchema = v.object({
  /** The derivation whose builder failed, or that could not be started. */
  derivation: v.nullable(v.string()),
  kind: v.picklist([
    'builder-failed',
    'limit',
    'output-rejected',
    'dependency-failed',
    'refused',
    'cancelled',
    'internal',
  ]),
  /** One sentence, as Nix says it. */
  message: v.string(),
  exitCode: v.nullable(v.number()),
  /** Which limit was reached, its name as in Health.limits. */
  limit: v.nullable(v.string()),
  /** The builder's own last lines. */
  lastLines: v.array(v.string()),
})
export type BuildFailure = v.InferOutput<typeof buildFailureSchema>

export const serverMessageSchema = v.variant('type', [
  /** The build waits for its turn; position counts from 1. */
  v.object({ type: v.literal('queued'), id: identifier, position: v.number() }),
  /** A derivation of the build has come to a new state. */
  v.object({
    type: v.literal('state'),
    id: identifier,
    derivation: v.string(),
    name: v.string(),
    state: buildStateSchema,
  }),
  /** A builder's output: raw text with its line breaks, ANSI colours kept, other escapes removed. */
  v.object({
    type: v.literal('log'),
    id: identifier,
    derivation: v.string(),
    text: v.string(),
    /**
     * UTF-16 units of this derivation's log that come before `text`, so that who joins again after a
     * lost connection can tell what is new.
     */
    offset: v.optional(v.number()),
  }),
  /** Something that is of no derivation's log, like a cache that does not answer. */
  v.object({ type: v.literal('message'), id: identifier, text: v.string() }),
  /** Bytes that have come so far of all that is fetched for the build, and how many are known of. */
  v.object({ type: v.literal('transfer'), id: identifier, done: v.number(), total: v.number() }),
  v.object({ type: v.literal('done'), id: identifier, outputs: v.array(builtOutputSchema) }),
  v.object({ type: v.literal('failed'), id: identifier, failure: buildFailureSchema }),
  /** A message that could not be understood or is not allowed. */
  v.object({ type: v.literal('error'), id: v.nullable(identifier), message: v.string() }),
])
export type ServerMessage = v.InferOutput<typeof serverMessageSchema>

const terminalSize = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))

/** Opens a shell where a derivation is built: its inputs, its environment, its outputs so far. */
export const shellRequestSchema = v.object({
  type: v.literal('open'),
  derivation: storePath,
  /** With an empty build directory, or with what its last failed build has left behind. */
  directory: v.picklist(['empty', 'failed']),
  columns: terminalSize,
  rows: terminalSize,
})
export type ShellRequest = v.InferOutput<typeof shellRequestSchema>

export const shellInputSchema = v.variant('type', [
  /** What was typed. */
  v.object({ type: v.literal('input'), text: v.pipe(v.string(), v.maxLength(64 * 1024)) }),
  v.object({ type: v.literal('resize'), columns: terminalSize, rows: terminalSize }),
])
export type ShellInput = v.InferOutput<typeof shellInputSchema>

const shellEventSchema = v.variant('type', [
  v.object({
    type: v.literal('opened'),
    /** Whether what a failed build left behind is there. */
    directory: v.picklist(['empty', 'failed']),
    /** After so long without a key or a byte of output it ends, and after so long in any case. */
    idleSeconds: v.number(),
    totalSeconds: v.number(),
  }),
  v.object({
    type: v.literal('ended'),
    /** One sentence: how it ended, or why it was not opened. */
    message: v.string(),
    exitCode: v.nullable(v.number()),
    /** Which limit was reached, its name as in Health.limits. */
    limit: v.nullable(v.string()),
  }),
])
export type ShellEvent = v.InferOutput<typeof shellEventSchema>

/** Reads a text message of a shell's socket; null where it is none of this protocol. */
export function readShellEvent(text: string): ShellEvent | null {
  try {
    const event = v.safeParse(shellEventSchema, JSON.parse(text))
    return event.success ? event.output : null
  } catch {
    return null
  }
}
