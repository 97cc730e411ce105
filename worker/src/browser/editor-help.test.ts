import { describe, expect, it } from 'vitest'
import { EditorHelp } from './editor-help'
import { EvaluatorEndpoint } from './evaluator-endpoint'
import type { EvaluatorApi } from './evaluator-protocol'

const never = () => new Promise<never>(() => {})

function snippetOf(text: string) {
  return {
    name: 'snippet',
    files: [{ path: 'default.nix', text }],
    entry: 'default.nix',
    system: 'x86_64-linux',
    channel: 'none',
  }
}

interface Worker {
  terminated: boolean
  fail(reason: string): void
}

/** Help by evaluators in this thread, some of whose methods are others. */
function helpWith(changes: Partial<EvaluatorApi> = {}, wait: () => Promise<void> = never) {
  const workers: Worker[] = []
  const help = new EditorHelp({
    spawn: () => {
      const worker: Worker = { terminated: false, fail: () => {} }
      workers.push(worker)
      return {
        api: Object.assign(new EvaluatorEndpoint(), changes),
        terminate: () => {
          worker.terminated = true
        },
        onFailure: (callback) => {
          worker.fail = callback
        },
      }
    },
    start: (api) =>
      api.start({ generation: 0, storeDir: '/nix/store', knownPaths: [] }, () =>
        Promise.reject(new Error('not here')),
      ),
    wait,
  })
  return { help, workers }
}

const text = 'let\n  a = 1 + 1;\nin [ a a ]'
const position = { line: 3, column: 6 }

describe('EditorHelp', () => {
  it('hires no evaluator before it is asked, and one for all questions', async () => {
    const { help, workers } = helpWith()
    expect(workers).toHaveLength(0)
    expect((await help.complete(text, position, 'none'))?.items[0].label).toBe('a')
    expect(await help.findDefinition(text, position)).toMatchObject({ startLine: 2 })
    expect((await help.outline(text)).map(({ name }) => name)).toEqual(['a'])
    expect(workers).toHaveLength(1)
  })

  it('tells the value of a name', async () => {
    const { help } = helpWith()
    const hover = await help.hover(snippetOf(text), 'default.nix', position)
    expect(hover?.parts[0]).toContain('a = 1 + 1')
    expect(hover?.parts.at(-1)).toBe('Value:\n```nix\n2\n```')
  })

  it('tells no value that is written there, or takes too many steps', async () => {
    const { help } = helpWith()
    const literal = snippetOf('let\n  a = 1;\nin [ a a ]')
    expect(String((await help.hover(literal, 'default.nix', position))?.parts)).not.toContain(
      'Value',
    )
    const endless = snippetOf('let f = x: f (x + 1); in let\n  a = f 1;\nin [ a a ]')
    expect(String((await help.hover(endless, 'default.nix', position))?.parts)).not.toContain(
      'Value',
    )
  })

  it('gives up an evaluator that takes too long, and hires another', async () => {
    const { help, workers } = helpWith({ valueAt: never }, () => Promise.resolve())
    const hover = await help.hover(snippetOf(text), 'default.nix', position)
    expect(hover?.parts[0]).toContain('a = 1 + 1')
    expect(workers[0].terminated).toBe(true)
    expect(await help.outline(text)).toHaveLength(1)
    expect(workers).toHaveLength(2)
  })

  it('tells that its evaluator has failed, and hires another for the next question', async () => {
    const { help, workers } = helpWith({ start: never })
    const asked = help.outline(text)
    workers[0].fail('no such script')
    await expect(asked).rejects.toThrow('no such script')
    void help.outline(text).catch(() => undefined)
    expect(workers).toHaveLength(2)
  })
})
