import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from './parser'
import type { ParseOptions } from './parser-state'
import { PositionTable } from './positions'
import { printTree } from './print-tree'
import { NixSyntaxError } from './syntax-error'

/**
 * The cases lie in corpus/*.txt: `# what it shows`, the expression, `==>`, and what
 * `nix-instantiate --parse` prints, or the errors with their offsets and hints. A second
 * `==> 2.8` is what Nix 2.8 prints where that is different, or why it gives an error.
 */
interface Case {
  title: string
  source: string
  expected: string
  old: string | null
}

const folder = join(import.meta.dirname, 'corpus')

function read(file: string): Case[] {
  const text = readFileSync(join(folder, file), 'utf8')
  const blocks = text.split(/^(?=# .*\n)/m).filter((block) => block.startsWith('# '))
  return joinComments(blocks).map((block) => {
    const [title, ...rest] = block.split('\n')
    const [source, expected, old] = rest.join('\n').split(/\n==>.*\n/)
    return {
      title: title.slice(2),
      source,
      expected: expected.trim(),
      old: old === undefined ? null : old.trim(),
    }
  })
}

/** A line that begins with `# ` inside an expression begins no case. */
function joinComments(blocks: string[]): string[] {
  const joined: string[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    if (last === undefined || last.includes('\n==>')) joined.push(block)
    else joined[joined.length - 1] = last + block
  }
  return joined
}

const globals = new Set(['builtins', 'true', 'false', 'null', 'map', 'import'])

function options(file: string, basePath: string, home: string): ParseOptions {
  return {
    origin: { kind: 'stdin' },
    basePath,
    homeDirectory: home,
    positions: new PositionTable(),
    globals: (name) => globals.has(name) || name.startsWith('__'),
    features: { pipeOperators: file === 'pipes.txt' },
  }
}

function outcome(source: string, parseOptions: ParseOptions): string {
  try {
    const { node } = parse(utf8ToByteString(source), parseOptions)
    return byteStringToUtf8(printTree(node))
  } catch (error) {
    if (!(error instanceof NixSyntaxError)) throw error
    return error.errors
      .map(({ message, position, hint }) => {
        const place = parseOptions.positions.place(position)
        const line = `error ${place?.offset}: ${byteStringToUtf8(message)}`
        return hint === undefined ? line : `${line}\nhint: ${byteStringToUtf8(hint)}`
      })
      .join('\n')
  }
}

const files = readdirSync(folder)

for (const file of files) {
  describe(file, () => {
    for (const { title, source, expected } of read(file)) {
      it(title, () => {
        expect(outcome(source, options(file, '/base', '/home/nix'))).toBe(expected)
      })
    }
  })
}

const hasNix = spawnSync('nix-instantiate', ['--version']).status === 0

describe.skipIf(!hasNix)('nix-instantiate --parse prints the same', () => {
  let directory = ''
  const cases = files
    .filter((file) => file !== 'errors.txt' && file !== 'pipes.txt')
    .flatMap(read)
    .filter(({ expected, old }) => !(old ?? expected).startsWith('error'))
  let printed: string[] = []

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'corpus-'))
    mkdirSync(join(directory, 'base'))
    const paths = cases.map(({ source }, i) => {
      const path = join(directory, 'base', `${i}.nix`)
      writeFileSync(path, source)
      return path
    })
    const output = execFileSync('nix-instantiate', ['--parse', ...paths], {
      encoding: 'utf8',
      env: { ...process.env, HOME: '/home/nix' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    printed = output.trimEnd().split('\n')
  })

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true })
  })

  it('in as many lines', () => {
    expect(printed).toHaveLength(cases.length)
  })

  cases.forEach(({ title, source, old }, i) => {
    it(title, () => {
      const expected = old ?? outcome(source, options('', join(directory, 'base'), '/home/nix'))
      // Nix 2.8 escapes every dollar, and prints formals in the order in which it met the names.
      expect(sortFormals(printed[i].replaceAll('\\$', '$'))).toBe(
        sortFormals(expected.replaceAll('\\$', '$')),
      )
    })
  })
})

function sortFormals(text: string): string {
  return text.replace(/\(\{ ([^{}()]*) \}(?=:| @)/g, (_, formals: string) => {
    const names = formals.split(', ').sort()
    return `({ ${names.join(', ')} }`
  })
}
