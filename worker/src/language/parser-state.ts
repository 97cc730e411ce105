/** The state of the parser, and how it tells what is wrong. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { SetBuilder } from './attribute-sets'
import { FrameStack } from './frames'
import { Lexer } from './lexer'
import { lintSettings, type Lints } from './lints'
import { SourceText, type Origin, type PositionTable } from './positions'
import { Recovery } from './recovery'
import { showPosition } from './show-position'
import type { Step } from './step'
import type { SyntaxProblem } from './syntax-error'
import { Token, tokenName } from './token'
import type { Node, Position } from './tree'
import { newVariable } from './variable'

export interface ParseOptions {
  origin: Origin
  /** The directory that relative path literals start from, absolute. */
  basePath: ByteString
  /** The directory that `~/` stands for; null where there is none (pure evaluation). */
  homeDirectory: ByteString | null
  /** Where the text's positions become known. */
  positions: PositionTable
  /** Whether the global scope has a name. */
  globals: (name: ByteString) => boolean
  /** Names of an environment around the text, in the order of its slots (scopedImport). */
  scope?: readonly ByteString[]
  features?: {
    /** The experimental operators `|>` and `<|`. */
    pipeOperators?: boolean
  }
  /** All are ignored where it is not said. */
  lints?: Lints
}

/** Something that works, but will not for ever. */
export interface ParseWarning {
  message: ByteString
  position: Position
  /** Where Nix shows the place: before the message, or after it with the line itself. */
  placed: 'before' | 'after'
}

const maximumErrors = 50

/**
 * What the parser knows while it reads. The functions that read (parse-*.ts) take it, change it, and
 * name the next step.
 */
export class ParserState {
  readonly errors: SyntaxProblem[] = []
  readonly warnings: ParseWarning[] = []

  readonly source: ByteString
  /** The source with its positions. */
  readonly text: SourceText
  readonly options: ParseOptions
  readonly base: Position
  readonly lexer: Lexer
  readonly stack = new FrameStack()
  readonly sets = new SetBuilder((name, position, previous) =>
    this.duplicate(name, position, previous),
  )

  /** The expression finished last. */
  value: Node
  /** Where it begins, parentheses included: an offset into the source. */
  valueStart = 0
  /** Where the `or` ends, if `value` is `f or` and not yet known to be harmless; else 0. */
  cursedEnd = 0
  /** What `readNames` read before an interpolation, and where that string begins. */
  piece: ByteString = ''
  pieceStart = 0
  /** The offset of the last syntax error: none is reported twice. */
  lastError = -1

  constructor(source: ByteString, options: ParseOptions) {
    this.source = source
    this.options = options
    this.text = new SourceText(options.origin, source)
    this.base = this.text.base
    options.positions.add(this.text)
    this.lexer = new Lexer(source)
    this.value = newVariable(0, 0)
  }

  /** Notes something wrong at an offset. */
  problem(message: ByteString, offset: number, hint?: ByteString): void {
    if (this.errors.length >= maximumErrors) return
    const problem: SyntaxProblem = { message, position: this.base + offset }
    if (hint !== undefined) problem.hint = hint
    this.errors.push(problem)
  }

  /** A string with a NUL. */
  nulProblem(text: ByteString, offset: number): void {
    const shown = text.replaceAll('\0', '\xe2\x90\x80')
    this.problem(
      `input string '${shown}' cannot be represented as Nix string because it contains null bytes`,
      offset,
    )
  }

  /** An attribute defined twice. */
  duplicate(name: ByteString, position: Position, previous: Position): void {
    const where = showPosition(this.options.positions, previous)
    this.problem(`attribute '${name}' already defined at ${where}`, position - this.base)
  }

  /** `f or` where a name `or` would mean something else. */
  warnCursedOr(): void {
    const position = this.base + this.valueStart
    const text = this.source.slice(this.valueStart, this.cursedEnd)
    this.cursedEnd = 0
    this.warnings.push({
      position,
      placed: 'before',
      message:
        'This expression uses `or` as an identifier in a way that will change in a future Nix release.\n' +
        'Wrap this entire expression in parentheses to preserve its current meaning:\n' +
        `    (${text})\n` +
        'Give feedback at https://github.com/NixOS/nix/pull/11121',
    })
  }

  /** Warns of what is legal, or refuses it, as is set. `message` is told how severe it is. */
  lint(lint: keyof Lints, offset: number, message: (isFatal: boolean) => ByteString): void {
    const level = this.options.lints?.[lint] ?? 'ignore'
    if (level === 'ignore') return
    const isFatal = level === 'fatal'
    const text = `${message(isFatal)} (${lintSettings[lint]})`
    if (isFatal) this.problem(text, offset)
    else this.warnings.push({ message: text, position: this.base + offset, placed: 'after' })
  }

  /** The token should not be here; `expected` is what Nix says should, or ''. */
  syntaxProblem(expected: string, hint?: ByteString): void {
    const lexer = this.lexer
    if (lexer.start === this.lastError) return
    // Where something was wrong before, the end is but a consequence.
    if (lexer.token === Token.EndOfFile && this.errors.length > 0) return
    this.lastError = lexer.start
    const what = `syntax error, unexpected ${tokenName(lexer.token)}`
    this.problem(expected === '' ? what : `${what}, expecting ${expected}`, lexer.start, hint)
  }

  /** Reports the token, and finds a place to go on from. */
  unexpected(expected: string): Step {
    const recovery = new Recovery(this.lexer, this.stack)
    this.syntaxProblem(expected, recovery.hint(expected, this.source))
    this.cursedEnd = 0
    this.value = this.missing()
    this.valueStart = this.lexer.start
    return recovery.resume(expected)
  }

  /** Stands for an expression that is not there. */
  missing(): Node {
    return newVariable(0, 0)
  }
}
