/** Reads names into a sketch, and strings and paths, which may have expressions in them. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { Stop } from '../language/lexer'
import { Token } from '../language/token'
import type { Shape, Span } from './sketch'
import { SketchCursor } from './sketch-cursor'

/** A part of an attribute path; no name where it is known only at run time. */
interface PathName extends Span {
  name: ByteString | null
}

export abstract class NameReader extends SketchCursor {
  /** An expression; consumes nothing where none begins. */
  protected abstract expression(): Shape

  protected names(): PathName[] {
    const names: PathName[] = []
    while (this.startsName()) {
      names.push(this.nameOnce())
      if (this.lexer.token !== Token.Dot) break
      this.next()
    }
    return names
  }

  protected nameOnce(): PathName {
    const { lexer } = this
    const { start, end, token } = lexer
    if (token === Token.Quote) {
      const name = this.string()
      return { name, start, end: lexer.previousEnd }
    }
    if (token === Token.DollarBrace) {
      this.next()
      this.within(Token.RightBrace, () => {
        this.expression()
        while (!this.isEnd()) this.next()
      })
      this.accept(Token.RightBrace)
      return { name: null, start, end: lexer.previousEnd }
    }
    const name = token === Token.OrKeyword ? 'or' : this.name()
    this.next()
    return { name, start, end }
  }

  /** The text of a string, or null if there are interpolations in it. */
  protected string(): ByteString | null {
    const { lexer } = this
    const quoted = lexer.token === Token.Quote
    let text: ByteString | null = ''
    for (;;) {
      const { end: start } = lexer
      if (quoted) {
        const piece = lexer.quotedPiece()
        if (text !== null) text += piece
      } else {
        lexer.indentedPieces({ addText() {} })
        text = null
      }
      const marks = lexer.stop === Stop.EndOfFile ? 0 : quoted && lexer.stop === Stop.Quote ? 1 : 2
      this.prose.push({ start, end: lexer.end - marks })
      if (lexer.stop !== Stop.Interpolation) break
      text = null
      if (!this.interpolation()) break
    }
    this.next()
    return text
  }

  protected path(): Shape {
    const { lexer } = this
    const { start } = lexer
    let plain = true
    while (lexer.isInterpolation(lexer.end)) {
      plain = false
      lexer.end += 2
      if (!this.interpolation()) break
      lexer.end = lexer.pathPieceEnd(lexer.end)
    }
    const text = this.source.slice(start, lexer.end)
    this.next()
    return plain ? { kind: 'path', text } : { kind: 'literal', type: 'path' }
  }

  /**
   * Reads on from behind a `${` to behind its `}`, where the lexer's `end` then is. False at the end
   * of the text.
   */
  protected interpolation(): boolean {
    const { lexer } = this
    this.next()
    this.within(Token.RightBrace, () => {
      this.expression()
      while (lexer.token !== Token.RightBrace && lexer.token !== Token.EndOfFile) {
        this.skipOne()
      }
    })
    return lexer.token === Token.RightBrace
  }
}
