/** A small web server for tests, which may behave badly. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TestHttpServer {
  /** With a slash at the end. */
  url: string
  port: number
  /** What was asked for, as `GET /path`. */
  requests: string[]
  close(): Promise<void>
}

export async function startHttpServer(listener: RequestListener): Promise<TestHttpServer> {
  const requests: string[] = []
  // A client may use a connection again at the very moment at which it would be ended.
  const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
