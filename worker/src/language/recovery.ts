/** After a syntax error: finds the place from which reading on makes sense, and guesses the mistake. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { FrameKind, SetKind, type Frame, type FrameStack } from './frames'
import { Stop, type Lexer } from './lexer'
import { Step } from './step'
import { Token } from './token'

export class Recovery {
  private readonly lexer: Lexer
  private readonly stack: FrameStack

  constructor(lexer: Lexer, stack: FrameStack) {
    this.lexer = lexer
    this.stack = stack
  }

  /** What the writer may have meant, or undefined. */
  hint(expected: string, source: ByteString): ByteString | undefined {
    const { lexer, stack } = this
    const top = stack.top
    if (expected === "';'" && top.kind === FrameKind.Set) {
      if (lexer.token === Token.Comma) return "bindings end with ';', not with ','"
      const missing = "a ';' may be missing after the value before this"
      switch (lexer.token) {
        case Token.Assign:
          // `a = 1 b = 2`: the name before the second `=` was taken for an argument.
          return missing
        case Token.RightBrace:
        case Token.In:
        case Token.Inherit:
        case Token.EndOfFile:
          return missing
      }
    }
    if (lexer.token === Token.Assign && top.kind === FrameKind.Bottom) {
      return "names are bound in a set, '{ a = 1; }', or by 'let a = 1; in a'"
    }
    if (lexer.token === Token.Assign && top.kind !== FrameKind.Set) {
      return "to compare, write '=='; '=' binds a name in a set or a let"
    }
    if (lexer.token === Token.Semicolon && top.kind === FrameKind.List) {
      return "the items of a list are separated by spaces, not by ';'"
    }
    if (lexer.token === Token.Times && source.charCodeAt(lexer.start - 1) === 0x2f) {
      return "a comment is not closed: '*/' is missing"
    }
    if (lexer.token === Token.Invalid && source.charCodeAt(lexer.start) === 0x27) {
      return "strings are written \"…\" or ''…''".replaceAll('…', '\xe2\x80\xa6')
    }
    if (lexer.token === Token.EndOfFile) {
      switch (top.kind) {
        case FrameKind.Quoted:
        case FrameKind.Indented:
          return 'a string is not closed'
        case FrameKind.Parenthesis:
          return "a '(' is not closed"
        case FrameKind.List:
          return "a '[' is not closed"
      }
    }
    return undefined
  }

  /**
   * Skips to a token that ends an unfinished construct and drops what is unfinished inside it. Takes
   * at least one token, or the text has ended.
   */
  resume(expected: string): Step {
    const { lexer, stack } = this
    if (expected === "';'" && stack.top.kind === FrameKind.Set && this.endsBindings()) {
      // Only the ';' is missing.
      return Step.Binding
    }
    for (;;) {
      switch (lexer.token) {
        case Token.EndOfFile:
          return Step.Done
        case Token.Semicolon:
          if (this.unwindTo(endsAtSemicolon)) {
            if (stack.top.kind !== FrameKind.Set) return Step.AfterExpression
            lexer.next()
            return Step.Binding
          }
          break
        case Token.RightBrace: {
          if (!this.unwindTo(endsAtBrace)) break
          switch (stack.top.kind) {
            case FrameKind.Set:
              lexer.next()
              if (this.looksLikeFormals()) return Step.AfterFormals
              stack.pop()
              return Step.AfterSimple
            case FrameKind.Formals:
              lexer.next()
              return Step.AfterFormals
            default:
              return Step.AfterExpression
          }
        }
        case Token.RightParenthesis:
          if (this.unwindTo(endsAtParenthesis)) return Step.AfterExpression
          break
        case Token.RightBracket:
          if (this.unwindTo(endsAtBracket)) {
            stack.pop()
            lexer.next()
            return Step.AfterSimple
          }
          break
        case Token.In:
          if (this.unwindTo(endsAtIn)) return Step.Binding
          break
        case Token.Then:
          if (this.unwindTo(endsAtThen)) return Step.AfterExpression
          break
        case Token.Else:
          if (this.unwindTo(endsAtElse)) return Step.AfterExpression
          break
      }
      this.skip()
    }
  }

  /** After the `}` of a faulty set: whether formals were meant. If so, they are what is on top. */
  private looksLikeFormals(): boolean {
    const { lexer, stack } = this
    const set = stack.top
    if (lexer.token !== Token.Colon && lexer.token !== Token.At) return false
    if (set.detail !== SetKind.Plain || set.set.bindings.length > 0) return false
    const around = stack.below(1)
    if (around === null || !takesExpression(around)) return false
    set.kind = FrameKind.Formals
    set.symbol = 0
    set.formals = []
    set.flag = true
    return true
  }

  private endsBindings(): boolean {
    const isLet = this.stack.top.detail === SetKind.Let
    switch (this.lexer.token) {
      case Token.Inherit:
        return true
      case Token.RightBrace:
        return !isLet
      case Token.In:
        return isLet
      default:
        return false
    }
  }

  /** Drops the frames above the nearest that `accepts`; inside an interpolation only those inside. */
  private unwindTo(accepts: (frame: Frame) => boolean): boolean {
    for (let depth = 0; ; depth++) {
      const frame = this.stack.below(depth)
      if (frame === null) return false
      if (accepts(frame)) {
        for (; depth > 0; depth--) this.stack.pop()
        return true
      }
      if (isInterpolation(frame)) return false
    }
  }

  /** Takes one token, and with an opening bracket or a string all that belongs to it. */
  private skip(): void {
    const { lexer } = this
    /** What closes the brackets taken; Quote and IndentedOpen for interpolations in strings. */
    const closers: Token[] = []
    do {
      const token = lexer.token
      switch (token) {
        case Token.EndOfFile:
          return
        case Token.LeftParenthesis:
          closers.push(Token.RightParenthesis)
          break
        case Token.LeftBracket:
          closers.push(Token.RightBracket)
          break
        case Token.LeftBrace:
        case Token.DollarBrace:
          closers.push(Token.RightBrace)
          break
        case Token.RightParenthesis:
        case Token.RightBracket:
          if (closers.at(-1) === token) closers.pop()
          break
        case Token.Quote:
        case Token.IndentedOpen:
          this.skipString(token, closers)
          break
        case Token.RightBrace: {
          // A bracket left open inside ends with its surroundings.
          while (closers.at(-1) === Token.RightParenthesis || closers.at(-1) === Token.RightBracket)
            closers.pop()
          const closer = closers.pop()
          if (closer === Token.Quote || closer === Token.IndentedOpen) {
            this.skipString(closer, closers)
          }
          break
        }
      }
      lexer.next()
    } while (closers.length > 0)
  }

  /** Reads a string on to its end, or into an interpolation that is then to be closed. */
  private skipString(kind: Token, closers: Token[]): void {
    if (kind === Token.Quote) this.lexer.quotedPiece()
    else this.lexer.indentedPieces({ addText() {} })
    if (this.lexer.stop === Stop.Interpolation) closers.push(kind)
  }
}

/** Whether a whole expression may stand right inside the construct, and not only an operand. */
function takesExpression(frame: Frame): boolean {
  switch (frame.kind) {
    case FrameKind.Binary:
    case FrameKind.Not:
    case FrameKind.Negate:
    case FrameKind.Application:
    case FrameKind.List:
    case FrameKind.SelectDefault:
      return false
    default:
      return true
  }
}

function isInterpolation(frame: Frame): boolean {
  switch (frame.kind) {
    case FrameKind.Quoted:
    case FrameKind.Indented:
    case FrameKind.PathParts:
      return true
    default:
      return false
  }
}

function endsAtSemicolon(frame: Frame): boolean {
  switch (frame.kind) {
    case FrameKind.Set:
    case FrameKind.AssertCondition:
    case FrameKind.WithSubject:
      return true
    default:
      return false
  }
}

function endsAtBrace(frame: Frame): boolean {
  switch (frame.kind) {
    case FrameKind.Set:
      return frame.detail !== SetKind.Let
    case FrameKind.Formals:
    case FrameKind.DynamicName:
      return true
    default:
      return isInterpolation(frame)
  }
}

function endsAtParenthesis(frame: Frame): boolean {
  return frame.kind === FrameKind.Parenthesis || frame.kind === FrameKind.InheritFrom
}

function endsAtBracket(frame: Frame): boolean {
  return frame.kind === FrameKind.List
}

function endsAtIn(frame: Frame): boolean {
  return frame.kind === FrameKind.Set && frame.detail === SetKind.Let
}

function endsAtThen(frame: Frame): boolean {
  return frame.kind === FrameKind.IfCondition
}

function endsAtElse(frame: Frame): boolean {
  return frame.kind === FrameKind.IfThen
}
