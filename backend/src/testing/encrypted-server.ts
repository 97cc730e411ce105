/** TLS for tests, with a certificate of their own for `localhost`. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'node:tls'

export interface Certificate {
  /** Files in PEM. */
  key: string
  certificate: string
}

/** Makes one in a directory. Needs the program openssl. */
export function makeCertificate(directory: string): Certificate {
  const key = join(directory, 'key')
  const certificate = join(directory, 'certificate')
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  const files = ['-keyout', key, '-out', certificate]
  execFileSync('openssl', ['req', ...kind, ...subject, ...files], { stdio: 'pipe' })
  return { key, certificate }
}

/** Makes what listens at a port of this machine reachable encrypted, at another port. */
export async function encrypt(
  port: number,
  { key, certificate }: Certificate,
): Promise<{ port: number; close: () => void }> {
  const options = { key: readFileSync(key), cert: readFileSync(certificate) }
  const server = createServer(options, (inside) => {
    const outside = connect(port, '127.0.0.1')
    inside.pipe(outside).pipe(inside)
    for (const socket of [inside, outside]) socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
