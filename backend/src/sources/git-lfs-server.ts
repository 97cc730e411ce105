/**
 * Servers of Git LFS: where they are, and what they are asked
 * (https://github.com/git-lfs/git-lfs/tree/main/docs/api).
 */
import { createHash } from 'node:crypto'
import { byteStringToUtf8, utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import { formatUrl, parseUrl, type ParsedUrl } from '@snowglobe/shared/flakes/url'
import { HostError } from '@snowglobe/worker/evaluator/host'
import { FetchError } from '../fetch/fetch-error'
import type { Fetcher } from '../fetch/fetcher'
import type { RepositoryProgram } from './repository-program'

/** What stands in a repository for a file that is elsewhere. */
export interface LfsPointer {
  /** SHA-256 of the file, in hexadecimal digits. */
  oid: string
  /** In bytes. */
  size: number
}

/** Where one file is to be had. */
export interface LfsDownload {
  url: string
  /** The header `Authorization`, where the server has told one. */
  authorization: string | null
}

/** A server, as it is asked. */
export interface LfsServer {
  endpoint: ByteString
  authorization: string | null
}

/** With what servers are asked. */
export interface LfsAccess {
  fetcher: Pick<Fetcher, 'bytes'>
  signal: AbortSignal | undefined
}

/** An address and what allows to download is less than this for each file. */
const answerBytesOfEach = 16 * 1024

/**
 * Where the server for a repository is, by what `git-lfs` takes for it where nothing else is said.
 * Throws UrlError.
 */
export function lfsEndpoint(remote: ByteString): ByteString {
  const url = parseUrl(remote)
  const parts = url.path.filter((part) => part !== '')
  // Told by `lfs.url`, as git-lfs wants it.
  const isEndpoint = parts.slice(-2).join('/') === 'info/lfs'
  if (!isEndpoint) {
    const last = parts.pop() ?? ''
    parts.push(last.endsWith('.git') ? last : `${last}.git`, 'info', 'lfs')
  }
  return formatUrl({ ...url, path: ['', ...parts] })
}

/** The server of a repository; one that is reached by SSH is asked there. Throws HostError, UrlError. */
export async function lfsServer(
  remote: ByteString,
  program: RepositoryProgram,
): Promise<LfsServer> {
  const url = parseUrl(remote)
  if (url.scheme !== 'ssh') return { endpoint: lfsEndpoint(remote), authorization: null }
  if (program.ssh === undefined) {
    throw new HostError(`files of '${remote}' are not fetched here: nothing is, by SSH`)
  }
  return authenticated(await program.ssh(sshArguments(url)))
}

/** What runs `git-lfs-authenticate` where the repository is. */
function sshArguments({ authority, path }: ParsedUrl): string[] {
  const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(authority ?? '')!
  if (host === '' || host!.startsWith('-')) {
    throw new HostError(`'${authority}' is no name of a machine that can be reached by SSH`)
  }
  const place = byteStringToUtf8(`/${path.filter((part) => part !== '').join('/')}`)
  // A shell reads it there.
  const quoted = /^[\w/.~+@:-]*$/.test(place) ? place : `'${place.replaceAll("'", `'\\''`)}'`
  return [
    ...(port === undefined ? [] : [`-p${port}`]),
    byteStringToUtf8(host!),
    ...['--', 'git-lfs-authenticate', quoted, 'download'],
  ]
}

function authenticated(output: Buffer): LfsServer {
  if (output.length === 0) throw new HostError('git-lfs-authenticate: no output')
  const { href, header } = parsed(output) as { href?: unknown; header?: Record<string, unknown> }
  const authorization = header?.Authorization
  if (header === undefined) throw new HostError('no header in git-lfs-authenticate response')
  if (typeof authorization !== 'string') {
    throw new HostError('no Authorization in git-lfs-authenticate response')
  }
  if (typeof href !== 'string') throw new HostError('no href in git-lfs-authenticate response')
  return { endpoint: utf8ToByteString(href), authorization }
}

/** Asks where files are, in the order of the pointers. Throws HostError. */
export async function lfsDownloads(
  { endpoint, authorization }: LfsServer,
  pointers: readonly (LfsPointer & { path: ByteString })[],
  { fetcher, signal }: LfsAccess,
): Promise<LfsDownload[]> {
  const type = 'application/vnd.git-lfs+json'
  const objects = pointers.map(({ oid, size }) => ({ oid, size }))
  const { bytes } = await told(
    fetcher.bytes(`${byteStringToUtf8(endpoint)}/objects/batch`, {
      maxBytes: answerBytesOfEach * (pointers.length + 1),
      headers: {
        ...authorizationHeader(authorization),
        ...{ 'content-type': type, accept: type },
      },
      body: JSON.stringify({ objects, operation: 'download' }),
      signal,
    }),
  )
  const answer = (parsed(bytes) as { objects?: unknown } | null)?.objects
  if (!Array.isArray(answer)) throw new HostError("response does not contain 'objects'")
  const found = answer as (LfsObject | null)[]
  return pointers.map((pointer, i) => {
    const object = found.find((one) => one?.oid === pointer.oid) ?? found[i] ?? null
    return downloadOf(object, pointer)
  })
}

interface LfsObject {
  oid?: unknown
  size?: unknown
  actions?: { download?: { href?: unknown; header?: { Authorization?: unknown } } }
}

function downloadOf(
  object: LfsObject | null,
  pointer: LfsPointer & { path: ByteString },
): LfsDownload {
  const download = object?.actions?.download
  if (typeof download?.href !== 'string') {
    const missing = ['actions', 'download', 'href'][
      object?.actions === undefined ? 0 : download === undefined ? 1 : 2
    ]!
    throw new HostError(
      `bad json from /info/lfs/objects/batch: ${utf8ToByteString(JSON.stringify(object))} key '${missing}' not found`,
    )
  }
  const { oid, size } = object!
  if (oid !== pointer.oid || size !== pointer.size) {
    throw new HostError(
      `LFS server returned mismatched oid/size for '/${pointer.path}' (got oid=${String(oid)} size=${String(size)}, expected oid=${pointer.oid} size=${pointer.size})`,
    )
  }
  const authorization = download.header?.Authorization
  return {
    url: download.href,
    authorization: typeof authorization === 'string' ? authorization : null,
  }
}

/** Gets a file; it has the size and hash of the pointer. Throws HostError. */
export async function downloadLfsObject(
  { url, authorization }: LfsDownload,
  { oid, size }: LfsPointer,
  { fetcher, signal }: LfsAccess,
): Promise<Buffer> {
  if (!/^https?:/i.test(url)) {
    throw new HostError(`'${utf8ToByteString(url)}' is not fetched: Git LFS is, by 'https:'`)
  }
  const mismatch = (got: number | string) =>
    new HostError(
      `size mismatch while fetching ${utf8ToByteString(url)}: expected ${size} but got ${got}`,
    )
  const headers = authorizationHeader(authorization)
  const { bytes } = await told(
    fetcher.bytes(url, { maxBytes: size, headers, signal }),
    mismatch('more'),
  )
  if (bytes.length !== size) throw mismatch(bytes.length)
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found !== oid) {
    throw new HostError(
      `hash mismatch while fetching ${utf8ToByteString(url)}: expected sha256:${oid} but got sha256:${found}`,
    )
  }
  return bytes
}

/** Throws HostError where it is none. */
function authorizationHeader(authorization: string | null): Record<string, string> {
  if (authorization === null) return {}
  if (/[^\x20-\x7e]/.test(authorization)) {
    throw new HostError('the Authorization that a server of Git LFS told is no header')
  }
  return { authorization }
}

/** Failures of the fetcher as those of a host. */
async function told<Result>(fetching: Promise<Result>, tooLarge?: HostError): Promise<Result> {
  return fetching.catch((error: unknown) => {
    if (!(error instanceof FetchError)) throw error
    if (error.kind === 'too-large' && tooLarge !== undefined) throw tooLarge
    throw new HostError(utf8ToByteString(error.message))
  })
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    const reason = utf8ToByteString((error as Error).message)
    throw new HostError(`response did not parse as json: ${reason}`)
  }
}
