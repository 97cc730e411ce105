import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface GitServer {
  /** Of the directory, from a server that speaks git's protocol and knows of depths. */
  smart: string
  /** Of the same, from one that only hands out files. */
  dumb: string
  close(): Promise<void>
}

/** Serves the repositories of a directory by HTTP, in both ways that git knows (gitprotocol-http(5)). */
export async function serveRepositories(directory: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    const [, way, ...path] = pathname.split('/')
    if (way === 'smart') answerSmartly(directory, `/${path.join('/')}`, search, request, response)
    else sendFile(join(directory, ...path), response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    smart: `${address}/smart`,
    dumb: `${address}/dumb`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function sendFile(file: string, response: ServerResponse): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) {
    response.writeHead(404).end()
    return
  }
  createReadStream(file).pipe(response)
}

/** By git's own program, which is a CGI script (git-http-backend(1)). */
function answerSmartly(
  directory: string,
  path: string,
  search: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { headers } = request
  const program = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: directory,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: path,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      // Whoever runs the tests owns the repositories.
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  request.pipe(program.stdin)
  let head = Buffer.alloc(0)
  const readHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) return
    program.stdout.off('data', readHead)
    for (const line of head.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ')
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10)
      else response.setHeader(name, value)
    }
    response.write(head.subarray(end + 4))
    program.stdout.pipe(response)
  }
  program.stdout.on('data', readHead)
}
