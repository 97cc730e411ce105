/** Git's own server for tests: the repositories of a directory, by HTTP. */
import { spawn } from 'node:child_process'
import type { RequestListener } from 'node:http'
import { startHttpServer, type TestHttpServer } from './http-server'

/**
 * Serves the bare repositories below `root` as `URL/name`, for reading.
 *
 * @param lfs answers what is asked of Git LFS, and for the files
 */
export function startGitServer(root: string, lfs?: RequestListener): Promise<TestHttpServer> {
  return startHttpServer((request, response) => {
    if (lfs !== undefined && /\/info\/lfs\/|^\/lfs\//.test(request.url ?? '')) {
      return lfs(request, response)
    }
    const url = new URL(request.url ?? '/', 'http://localhost')
    const child = spawn('git', ['-c', 'uploadpack.allowAnySHA1InWant=true', 'http-backend'], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: {
        PATH: process.env.PATH,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        REQUEST_METHOD: request.method,
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    })
    child.stdin.on('error', () => {})
    request.pipe(child.stdin)
    const pieces: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
    child.on('close', () => {
      const answer = Buffer.concat(pieces)
      const end = answer.indexOf('\r\n\r\n')
      for (const line of answer.subarray(0, end).toString('latin1').split('\r\n')) {
        const [name = '', value = ''] = line.split(': ')
        if (name === 'Status') response.statusCode = Number.parseInt(value)
        else if (name !== '') response.setHeader(name, value)
      }
      response.end(answer.subarray(end + 4))
    })
  })
}
