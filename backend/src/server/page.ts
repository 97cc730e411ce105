/** Serves the built page: the files that were there when it was last built, and nothing else. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import type { Request, RequestHandler } from 'express'

/** Where the page has said itself what it may load: the build knows the hash of its inline script. */
const policyTag = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/
/** What only a header can say. */
const framePolicy = "frame-ancestors 'self'"

/** A worker has the policy that its script came with; hashing is WebAssembly. */
const workerPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "connect-src 'self'",
  "worker-src 'self'",
].join('; ')

const workerScript = /(?:worker|coordinator)[^/]*\.js$/
/** Vite puts a hash of the contents into these names. */
const unchanging = /^\/assets\/.+-[\w-]{8,}\.\w+$/

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.md': 'text/markdown; charset=utf-8',
  '.nix': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
}

/** Files beside a file that hold it compressed. */
const encodings = [
  { extension: '.br', encoding: 'br' },
  { extension: '.gz', encoding: 'gzip' },
] as const

interface PageFile {
  file: string
  etag: string
  /** By encoding. */
  compressed: Map<string, string>
}

/** What people see whose link leads nowhere; programs are told in JSON. */
const notFoundPage = '/404.html'

/**
 * Answers for the files below a directory, with its index.html for `/` and its 404.html for browsers
 * that ask for what is not there.
 */
export function servePage(directory: string): RequestHandler {
  let built = buildTime(directory)
  let files = findFiles(directory)
  let pagePolicy = policyOf(directory)
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next()
    const path = request.path === '/' ? '/index.html' : request.path
    if (path === '/index.html' && buildTime(directory) !== built) {
      // The page has been built since: the names in it are new.
      built = buildTime(directory)
      files = findFiles(directory)
      pagePolicy = policyOf(directory)
    }
    const found = files.get(path)
    if (found === undefined) {
      const notFound = files.get(notFoundPage)
      if (notFound !== undefined && path !== '/index.html' && isBrowser(request)) {
        response.status(404).set({ 'content-security-policy': pagePolicy, vary: 'Accept' })
        response.type('html').send(readFileSync(notFound.file))
        return
      }
      if (path !== '/index.html') return next()
      response
        .status(503)
        .type('text/plain')
        .send('The page has not been built yet: run "npm start" in the repository.\n')
      return
    }
    response.set({
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': workerScript.test(path) ? workerPolicy : pagePolicy,
      'cache-control': unchanging.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag: found.etag,
      vary: 'Accept-Encoding',
    })
    if (request.fresh) return void response.status(304).end()
    const encoding = request.acceptsEncodings(...found.compressed.keys(), 'identity')
    const compressed = encoding === false ? undefined : found.compressed.get(encoding)
    if (compressed !== undefined && encoding !== false) response.set('content-encoding', encoding)
    response.send(readFileSync(compressed ?? found.file))
  }
}

/** Whether who asks would rather read HTML. */
function isBrowser(request: Request): boolean {
  return request.accepts(['json', 'html']) === 'html'
}

/** When the page was built: null before it is. */
function buildTime(directory: string): number | null {
  return statSync(join(directory, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? null
}

function policyOf(directory: string): string {
  const index = join(directory, 'index.html')
  const own = existsSync(index) ? policyTag.exec(readFileSync(index, 'utf8'))?.[1] : undefined
  return `${own ?? "default-src 'none'"}; ${framePolicy}`
}

function findFiles(directory: string): Map<string, PageFile> {
  const names = listFiles(directory)
  const files = new Map<string, PageFile>()
  for (const file of names) {
    if (encodings.some(({ extension }) => file.endsWith(extension))) continue
    const { mtimeMs, size } = statSync(file)
    const tag = createHash('sha256').update(`${file} ${mtimeMs} ${size}`).digest('base64url')
    files.set(`/${relative(directory, file).split(sep).join('/')}`, {
      file,
      etag: `W/"${tag.slice(0, 22)}"`,
      compressed: new Map(
        encodings
          .filter(({ extension }) => names.includes(file + extension))
          .map(({ extension, encoding }) => [encoding, file + extension]),
      ),
    })
  }
  return files
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}
