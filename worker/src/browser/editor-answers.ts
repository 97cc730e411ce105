/** Answers what the editor asks about a text alone. */
import { builtinDocumentation } from '../evaluator/builtin-documentation'
import type {
  Completions,
  Hover,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '../intelligence/answers'
import { complete } from '../intelligence/complete'
import type { Documentation } from '../intelligence/documentation'
import { documentedNames } from '../intelligence/documented-names'
import { findDefinition, hover } from '../intelligence/hover'
import { outline } from '../intelligence/outline'
import { Resolver } from '../intelligence/resolve'
import type { EvaluatorApi } from './evaluator-protocol'
import { starterChannel } from './wanted-channel'

const resolver = new Resolver(builtinDocumentation)

export class EditorAnswers implements Pick<
  EvaluatorApi,
  'useDocumentation' | 'complete' | 'hover' | 'findDefinition' | 'outline'
> {
  /** Knows what is told of the starter collection, once that is here. */
  private collectionResolver = resolver
  /** Knows what other collections have as well. */
  private libResolver = resolver

  async useDocumentation(documentation: Documentation): Promise<void> {
    this.collectionResolver = new Resolver(
      builtinDocumentation,
      documentedNames(documentation, 'collection'),
    )
    this.libResolver = new Resolver(builtinDocumentation, documentedNames(documentation, 'lib'))
  }

  async complete(
    text: string,
    position: TextPosition,
    channel: string,
  ): Promise<Completions | null> {
    return complete(text, position, this.resolverOf(channel))
  }

  async hover(text: string, position: TextPosition, channel: string): Promise<Hover | null> {
    return hover(text, position, this.resolverOf(channel))
  }

  async findDefinition(text: string, position: TextPosition): Promise<TextSpan | null> {
    return findDefinition(text, position, resolver)
  }

  async outline(text: string): Promise<OutlineSymbol[]> {
    return outline(text)
  }

  private resolverOf(channel: string): Resolver {
    if (channel === 'none') return resolver
    return channel === starterChannel ? this.collectionResolver : this.libResolver
  }
}
