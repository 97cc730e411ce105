import 'monaco-editor/editor/contrib/gotoSymbol/browser/goToCommands'
import 'monaco-editor/editor/contrib/suggest/browser/suggestController'
import 'monaco-editor/features/gotoSymbol/register'
import 'monaco-editor/features/quickOutline/register'
import 'monaco-editor/features/snippet/register'
import {
  editor,
  KeyCode,
  KeyMod,
  languages,
  type IPosition,
  type IRange,
} from 'monaco-editor/editor'
import type {
  Completion,
  OutlineSymbol,
  TextPosition,
  TextSpan,
} from '@snowglobe/worker/browser/api'
import { machine } from '../machine'
import { searchReference, showEntry } from '../state/reference'
import { entryInAddress, linkToEntry } from '../state/reference-address'
import { channel, snippet } from '../state/workspace'
import { languageId } from './nix-language'

/** How the editor asks for and offers what the machine knows of names. */
export const helpOptions = {
  quickSuggestions: { other: true, comments: false, strings: false },
  // Enter breaks the line unless something else than what is written there would come of it.
  acceptSuggestionOnEnter: 'smart',
  acceptSuggestionOnCommitCharacter: false,
  snippetSuggestions: 'bottom',
  wordBasedSuggestions: 'off',
  suggest: { showWords: false, showStatusBar: false },
  hover: { delay: 250 },
  gotoLocation: { multipleDefinitions: 'goto' },
} satisfies editor.IStandaloneEditorConstructionOptions

const { CompletionItemKind, CompletionItemInsertTextRule, SymbolKind } = languages

const completionKinds: Record<Completion['kind'], languages.CompletionItemKind> = {
  variable: CompletionItemKind.Variable,
  parameter: CompletionItemKind.Variable,
  function: CompletionItemKind.Function,
  constant: CompletionItemKind.Constant,
  attribute: CompletionItemKind.Field,
  package: CompletionItemKind.Module,
  keyword: CompletionItemKind.Keyword,
  construct: CompletionItemKind.Snippet,
}

const symbolKinds: Record<OutlineSymbol['kind'], languages.SymbolKind> = {
  variable: SymbolKind.Variable,
  attribute: SymbolKind.Field,
  function: SymbolKind.Function,
  set: SymbolKind.Object,
  list: SymbolKind.Array,
  string: SymbolKind.String,
  number: SymbolKind.Number,
  path: SymbolKind.File,
}

const positionOf = ({ lineNumber, column }: IPosition): TextPosition => ({
  line: lineNumber,
  column,
})

const rangeOf = ({ startLine, startColumn, endLine, endColumn }: TextSpan): IRange => ({
  startLineNumber: startLine,
  startColumn,
  endLineNumber: endLine,
  endColumn,
})

/** An answer, or null where none is to be had: that the machine has failed is told elsewhere. */
async function answer<T>(question: Promise<T>): Promise<T | null> {
  try {
    return await question
  } catch {
    return null
  }
}

languages.registerCompletionItemProvider(languageId, {
  triggerCharacters: ['.'],
  async provideCompletionItems(model, position) {
    const found = await answer(
      machine.complete(model.getValue(), positionOf(position), channel.peek()),
    )
    if (found === null) return null
    const range = rangeOf(found.span)
    const suggestions = found.items.map((item) => completionItem(item, range))
    return { suggestions }
  },
})

function completionItem(
  { label, kind, insertText, isSnippet, filterText, detail, documentation, sortText }: Completion,
  range: IRange,
): languages.CompletionItem {
  return {
    label,
    kind: completionKinds[kind],
    insertText,
    filterText,
    detail,
    documentation: { value: documentation },
    sortText,
    range,
    ...(isSnippet ? { insertTextRules: CompletionItemInsertTextRule.InsertAsSnippet } : {}),
  }
}

languages.registerHoverProvider(languageId, {
  async provideHover(model, position) {
    const file = model.uri.path.slice(1)
    const found = await answer(machine.hover(snippet.peek(), file, positionOf(position)))
    if (found === null) return null
    const parts = found.entry === null ? found.parts : [...found.parts, linkTo(found.entry)]
    return { range: rangeOf(found.span), contents: parts.map((value) => ({ value })) }
  },
})

/** A link into the Reference, in Markdown. Monaco leads nowhere but to whole addresses. */
function linkTo(entry: string): string {
  return `[More in the Reference](${linkToEntry(new URL(location.href), entry)})`
}

/** Looks up what the cursor is at: its entry of the Reference, or what is called like it. */
export const lookUp: editor.IActionDescriptor = {
  id: 'look-up',
  label: 'Look Up in the Reference',
  contextMenuGroupId: 'navigation',
  keybindings: [KeyMod.Shift | KeyCode.F1],
  async run(view) {
    const [model, position] = [view.getModel(), view.getPosition()]
    if (model === null || position === null) return
    const file = model.uri.path.slice(1)
    const found = await answer(machine.hover(snippet.peek(), file, positionOf(position)))
    if (found?.entry) showEntry(found.entry)
    else searchReference(model.getWordAtPosition(position)?.word ?? '')
  },
}

editor.registerLinkOpener({
  open(resource) {
    const address = new URL(resource.toString(true))
    const entry = entryInAddress(address)
    if (entry === null || address.origin !== location.origin) return false
    showEntry(entry)
    return true
  },
})

languages.registerDefinitionProvider(languageId, {
  async provideDefinition(model, position) {
    const span = await answer(machine.findDefinition(model.getValue(), positionOf(position)))
    return span === null ? null : { uri: model.uri, range: rangeOf(span) }
  },
})

languages.registerDocumentSymbolProvider(languageId, {
  displayName: 'Bindings',
  async provideDocumentSymbols(model) {
    const symbols = await answer(machine.outline(model.getValue()))
    return symbols?.map(documentSymbol) ?? null
  },
})

function documentSymbol({
  name,
  kind,
  span,
  nameSpan,
  children,
}: OutlineSymbol): languages.DocumentSymbol {
  return {
    name,
    detail: '',
    kind: symbolKinds[kind],
    tags: [],
    range: rangeOf(span),
    selectionRange: rangeOf(nameSpan),
    children: children.map(documentSymbol),
  }
}
