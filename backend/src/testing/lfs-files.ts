/** A server of Git LFS for tests, which may be told to behave badly. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'

export interface BatchObject {
  oid: string
  size: number
  actions?: { download: { href: string; header?: Record<string, string> } }
  error?: { code: number; message: string }
}

/** Files by their hash, as a listener for startGitServer. */
export class TestLfsFiles {
  private readonly files = new Map<string, string>()
  /** How many objects each question was about. */
  readonly batches: number[] = []
  /** What came as `Authorization` with questions, and with downloads. */
  readonly authorizations: (string | undefined)[] = []
  /** Changes what is answered about an object. */
  change: (object: BatchObject) => unknown = (object) => object
  /** What is sent for a file. */
  send: (contents: string) => string = (contents) => contents

  /** Keeps a file, and gives the pointer to it. */
  add(contents: string): string {
    const oid = createHash('sha256').update(contents).digest('hex')
    this.files.set(oid, contents)
    return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${contents.length}\n`
  }

  readonly listener: RequestListener = (request, response) => {
    this.authorizations.push(request.headers.authorization)
    if (request.method === 'GET') {
      const contents = this.files.get(request.url?.slice('/lfs/'.length) ?? '')
      if (contents === undefined) response.writeHead(404).end()
      else response.end(this.send(contents))
      return
    }
    void bodyOf(request).then((body) => {
      const { objects } = JSON.parse(body) as { objects: BatchObject[] }
      this.batches.push(objects.length)
      const answers = objects.map(({ oid, size }) =>
        this.change({
          oid,
          size,
          ...(this.files.has(oid)
            ? {
                actions: {
                  download: {
                    href: `http://${request.headers.host}/lfs/${oid}`,
                    header: { Authorization: 'Basic file' },
                  },
                },
              }
            : { error: { code: 404, message: 'Object does not exist' } }),
        }),
      )
      response.setHeader('content-type', 'application/vnd.git-lfs+json')
      response.end(JSON.stringify({ objects: answers }))
    })
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
}
