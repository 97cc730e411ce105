import { rmSync, chmodSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { ByteString } from '@snowglobe/shared/bytes'
import { makeDirectory } from '@snowglobe/worker/node/make-directory'

/**
 * Listens, while garbage is collected, for processes that begin to work with a path: each line is a store
 * path, and is answered with `1` once it is safe. The protocol is Nix's own.
 *
 * @param onRoot called for each path, before it is answered
 */
export async function serveRoots(
  socket: string,
  onRoot: (path: ByteString) => void,
): Promise<{ close(): void }> {
  const connections = new Set<Socket>()
  const server = createServer((connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
    connection.on('error', () => connection.destroy())
    let rest = ''
    connection.setEncoding('latin1').on('data', (text) => {
      const lines = (rest + String(text)).split('\n')
      rest = lines.pop() ?? ''
      for (const path of lines) {
        onRoot(path)
        connection.write('1')
      }
    })
  })
  makeDirectory(dirname(socket))
  rmSync(socket, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  chmodSync(socket, 0o666)
  return {
    close: () => {
      server.close()
      for (const connection of connections) connection.destroy()
      rmSync(socket, { force: true })
    },
  }
}
