/** Trees from their binary form evaluate as those of the parser: the same values, the same errors. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { encodeTree } from '../language/encode-tree'
import { storedTree } from '../language/decode-tree'
import type { StoredTree, SyntaxCache } from '../language/file-tree'
import { sharedTrees } from '../language/tree-cache'
import { NixError } from './errors'
import { Evaluator } from './evaluator'
import { printAmbiguous } from './print-value'
import { renderError } from './render-error'
import { readCases } from './testing/evaluate-cases'
import { TestHost } from './testing/test-host'

class MemorySyntaxCache implements SyntaxCache {
  loaded = 0
  private tree: Uint8Array | null = null

  load(): StoredTree | null {
    if (this.tree === null) return null
    this.loaded++
    return storedTree(this.tree)
  }

  save(...[, tree, fingerprint]: Parameters<SyntaxCache['save']>): void {
    this.tree = encodeTree(tree, fingerprint)
  }
}

function outcome(expression: string, cache: SyntaxCache | null, nativeLimit: number): string {
  sharedTrees.clear()
  const host = new TestHost('/test', [{ path: 'a.nix', contents: expression }])
  const evaluator = new Evaluator(
    cache === null ? host : Object.assign(host, { syntaxCache: cache }),
    {
      nativeLimit,
    },
  )
  try {
    return printAmbiguous(evaluator.forceDeep(evaluator.evaluateFile('/test/a.nix')))
  } catch (error) {
    if (!(error instanceof NixError)) throw error
    return renderError(error, evaluator.positions, { showTrace: true })
  }
}

const files = ['', 'builtins/'].flatMap((directory) => {
  const names = readdirSync(new URL(`./${directory}`, import.meta.url))
  return names.filter((name) => name.endsWith('.cases.txt')).map((name) => directory + name)
})

describe.each(files)('trees of %s that were decoded', (file) => {
  const text = readFileSync(new URL(file, import.meta.url), 'latin1')
  const cases = readCases(text)

  it.each([0, 250])('evaluate the same at native limit %i', (limit) => {
    let decoded = 0
    for (const { expression } of cases) {
      const source = utf8ToByteString(
        `let inputs = x: [ x x ];\nin [ (${byteStringToUtf8(expression)}) ]`,
      )
      const cache = new MemorySyntaxCache()
      const parsed = outcome(source, cache, limit)
      expect(outcome(source, cache, limit), expression).toBe(parsed)
      decoded += cache.loaded
    }
    expect(decoded).toBeGreaterThanOrEqual(cases.length * 0.8)
  })
})
