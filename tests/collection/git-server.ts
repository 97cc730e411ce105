import { createReadStream, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { startGitServer } from '../../backend/src/testing/git-server'
import { startHttpServer } from '../../backend/src/testing/http-server'

export interface GitServer {
  /** Of the directory, from a server that speaks git's protocol and knows of depths. */
  smart: string
  /** Of the same, from one that only hands out files. */
  dumb: string
  close(): Promise<void>
}

/** Serves the repositories of a directory by HTTP, in both ways that git knows (gitprotocol-http(5)). */
export async function serveRepositories(directory: string): Promise<GitServer> {
  const smart = await startGitServer(directory)
  const dumb = await startHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    sendFile(join(directory, pathname), response)
  })
  return {
    smart: smart.url.slice(0, -1),
    dumb: dumb.url.slice(0, -1),
    async close() {
      await smart.close()
      await dumb.close()
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
