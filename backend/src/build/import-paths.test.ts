import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { utf8ToByteString, byteStringToBytes } from '@snowglobe/shared/bytes'
import { copyDerivation, type Derivation } from '@snowglobe/shared/derivation'
import { formatDerivation } from '@snowglobe/shared/derivation-aterm'
import { writeExportStream } from '@snowglobe/shared/export-stream'
import { hashBytes } from '@snowglobe/shared/hash'
import { writeNar } from '@snowglobe/shared/nar'
import { defaultStoreDir, makeFixedOutputPath, makeTextPath } from '@snowglobe/shared/store-path'
import { importStream } from '../testing/build-client'
import { exportStream, finished, scriptDerivation } from '../testing/nix-expressions'
import { startServer, type TestServer } from '../testing/test-server'

describe('what is sent to the store', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  const send = (stream: Uint8Array) => importStream(server.url, stream)
  const missing = async (...paths: string[]) => {
    const response = await fetch(new URL('/api/store/missing', server.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths }),
    })
    return ((await response.json()) as { missing: string[] }).missing
  }
  const file = (text: string, executable = false) =>
    writeNar({
      type: 'regular',
      executable,
      contents: byteStringToBytes(utf8ToByteString(text)),
    })
  const entry = (path: string, nar: Uint8Array, references: string[] = []) => ({
    path,
    nar,
    references,
    deriver: null,
  })
  const sha256 = (bytes: Uint8Array | string) => ({
    algorithm: 'sha256' as const,
    bytes: hashBytes('sha256', bytes),
  })
  const text = (name: string, contents: string, references: string[] = []) =>
    entry(
      makeTextPath(defaultStoreDir, name, sha256(contents), references),
      file(contents),
      references,
    )

  it('is taken if its contents make its path: texts, sources, fixed outputs', async () => {
    const note = text('note', 'a note')
    const tree = writeNar({ type: 'directory', entries: new Map() })
    const flat = {
      algorithm: 'sha1' as const,
      bytes: hashBytes('sha1', 'archive'),
    }
    const entries = [
      note,
      text('with-reference', note.path, [note.path]),
      entry(
        makeFixedOutputPath(defaultStoreDir, 'recursive', sha256(tree), 'tree', [note.path]),
        tree,
        [note.path],
      ),
      entry(makeFixedOutputPath(defaultStoreDir, 'flat', flat, 'archive'), file('archive')),
    ]
    const paths = entries.map(({ path }) => path)
    expect(await missing(...paths)).toEqual(paths)
    expect(await send(writeExportStream(entries))).toEqual({ status: 200, imported: paths })
    expect(await missing(...paths)).toEqual([])
    expect(await send(writeExportStream(entries))).toEqual({ status: 200, imported: [] })
  })

  it('is refused by name if its contents make another path', async () => {
    const honest = text('note', 'honest')
    const forged = { ...honest, nar: file('forged') }
    const { status, error } = await send(writeExportStream([forged]))
    expect(status).toBe(422)
    expect(error).toContain(`'${honest.path}' is refused`)
    expect(await missing(honest.path)).toEqual([honest.path])
  })

  it('is refused if a program pretends to be a text', async () => {
    const honest = text('note', 'program')
    const { status } = await send(writeExportStream([{ ...honest, nar: file('program', true) }]))
    expect(status).toBe(422)
  })

  it('is refused as a whole if a part of it is wrong', async () => {
    const good = text('good', 'good')
    const bad = { ...text('bad', 'bad'), nar: file('worse') }
    expect((await send(writeExportStream([good, bad]))).status).toBe(422)
    expect(await missing(good.path)).toEqual([good.path])
  })

  it('is refused if it refers to what was never sent', async () => {
    const absent = text('absent', 'absent').path
    const dependent = text('dependent', absent, [absent])
    expect(await send(writeExportStream([dependent]))).toEqual({
      status: 422,
      error: `cannot add '${dependent.path}': its reference '${absent}' is not valid`,
    })
  })

  it('is refused if it is no export stream', async () => {
    const { status, error } = await send(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0))
    expect(status).toBe(422)
    expect(error).toContain('nix-store --export')
  })

  describe('a derivation', () => {
    const honest = () => scriptDerivation('honest', 'echo > $out')
    const forged = (change: (derivation: Derivation) => void) => {
      const derivation = copyDerivation(honest().derivation)
      change(derivation)
      return finished(derivation)
    }

    it('is refused with an output path that is not its own, and told the right one', async () => {
      const right = honest().derivation.outputs.get('out')!.path
      const wrong = `${defaultStoreDir}/${'0'.repeat(32)}-honest`
      const drv = forged((derivation) => {
        derivation.outputs.get('out')!.path = wrong
        derivation.environment.set('out', wrong)
      })
      const { status, error } = await send(exportStream(drv))
      expect(status).toBe(422)
      expect(error).toBe(
        `'${drv.path}' is refused: derivation 'honest' has incorrect output '${wrong}', ` +
          `should be '${right}'`,
      )
      expect(await missing(drv.path)).toEqual([drv.path])
    })

    it('is refused under another name, whose outputs have other paths', async () => {
      const { derivation, entry } = honest()
      const { references, nar } = entry
      const hash = sha256(formatDerivation(derivation))
      const path = makeTextPath(defaultStoreDir, 'other.drv', hash, references)
      const { status, error } = await send(
        writeExportStream([{ path, nar, references, deriver: null }]),
      )
      expect(status).toBe(422)
      expect(error).toContain(`'${path}' is refused: derivation 'other' has incorrect output`)
    })

    it('is refused if its environment names another output', async () => {
      const drv = forged((derivation) => derivation.environment.set('out', '/nix/store/elsewhere'))
      const { error } = await send(exportStream(drv))
      expect(error).toContain("incorrect environment variable 'out'")
    })

    it('is refused if it needs an input that was never sent', async () => {
      const input = scriptDerivation('never-sent', 'echo > $out')
      const drv = scriptDerivation('needs-input', 'echo > $out', { inputs: [input] })
      const { status, error } = await send(exportStream(drv))
      expect(status).toBe(422)
      expect(error).toContain(input.path)
    })

    it('is refused if its references are not its inputs', async () => {
      const { derivation, entry } = honest()
      const extra = text('extra', 'x')
      const references = [...entry.references, extra.path].sort()
      const hash = sha256(formatDerivation(derivation))
      const path = makeTextPath(defaultStoreDir, 'honest.drv', hash, references)
      const { status, error } = await send(
        writeExportStream([extra, { path, nar: entry.nar, references, deriver: null }]),
      )
      expect(status).toBe(422)
      expect(error).toContain(`'${extra.path}' is in one only`)
    })

    it('is refused under the path of other contents, and told the right one', async () => {
      const drv = honest()
      const path = drv.path.replace('honest', 'other')
      const { error } = await send(writeExportStream([{ ...drv.entry, path }]))
      expect(error).toContain(`'${path}' is refused: its contents and references make '`)
    })

    it('is refused if it is no derivation', async () => {
      const { error } = await send(writeExportStream([text('broken.drv', 'Derive(')]))
      expect(error).toContain("broken.drv' is refused")
    })
  })

  it('cannot be asked about beyond the limit, or in another form', async () => {
    const ask = (body: string) =>
      fetch(new URL('/api/store/missing', server.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
    for (const body of ['{', '[]', '{"paths":[1]}', '{"paths":["relative"]}']) {
      const response = await ask(body)
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual({ error: expect.any(String) })
    }
  })
})
