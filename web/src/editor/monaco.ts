import 'monaco-editor/editor/browser/coreCommands'
import 'monaco-editor/editor/common/standaloneStrings'
import 'monaco-editor/features/bracketMatching/register'
import 'monaco-editor/features/caretOperations/register'
import 'monaco-editor/features/clipboard/register'
import 'monaco-editor/features/codicon/register'
import 'monaco-editor/features/comment/register'
import 'monaco-editor/features/contextmenu/register'
import 'monaco-editor/features/cursorUndo/register'
import 'monaco-editor/features/find/register'
import 'monaco-editor/features/folding/register'
import 'monaco-editor/features/gotoError/register'
import 'monaco-editor/features/hover/register'
import 'monaco-editor/features/indentation/register'
import 'monaco-editor/features/lineSelection/register'
import 'monaco-editor/features/linesOperations/register'
import 'monaco-editor/features/multicursor/register'
import 'monaco-editor/features/smartSelect/register'
import 'monaco-editor/features/toggleTabFocusMode/register'
import 'monaco-editor/features/tokenization/register'
import 'monaco-editor/features/unicodeHighlighter/register'
import 'monaco-editor/features/wordHighlighter/register'
import 'monaco-editor/features/wordOperations/register'
import { effect, untracked } from '@preact/signals'
import { editor, languages, MarkerSeverity, Uri } from 'monaco-editor/editor'
import type { Problem } from '@snowglobe/worker/browser/api'
import { problems } from '../state/evaluation'
import { isDark, theme } from '../state/layout'
import { activePath, files, opening, setText } from '../state/workspace'
import { leaveByKey } from './leave-by-key'
import { helpOptions, lookUp } from './nix-help'
import { configuration, grammar, languageId } from './nix-language'
import { insertion, place } from './reveal'
import { monacoTheme } from './theme'

self.MonacoEnvironment = {
  getWorker: () => new Worker(new URL('./editor-worker.ts', import.meta.url), { type: 'module' }),
}

languages.register({ id: languageId, extensions: ['.nix'] })
languages.setLanguageConfiguration(languageId, configuration)
languages.setMonarchTokensProvider(languageId, grammar)

const uriOf = (path: string) => Uri.from({ scheme: 'workspace', path: `/${path}` })
const languageOf = (path: string) => (path.endsWith('.nix') ? languageId : 'plaintext')

/** Sizes that the static snippet shares, so that nothing moves when Monaco takes over. */
const sizes = { fontSize: 14, lineHeight: 22, padding: { top: 14, bottom: 14 } }

/** Puts an editor on the workspace into `parent`; gives the way to take it away again. */
export function mountEditor(parent: HTMLElement): () => void {
  const styles = getComputedStyle(document.documentElement)
  const view = editor.create(parent, {
    ...sizes,
    ...helpOptions,
    model: null,
    ariaLabel: 'Nix code',
    fontFamily: styles.getPropertyValue('--mono'),
    automaticLayout: true,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    renderLineHighlight: 'line',
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 12,
    folding: true,
    showFoldingControls: 'mouseover',
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    tabSize: 2,
    insertSpaces: true,
    // The text area can be clicked and filled by assistive tools; an EditContext can not.
    editContext: false,
    // Monaco 0.57 loses count of tokens if one types on at once after surrounding many lines.
    autoSurround: 'never',
    detectIndentation: false,
    renderFinalNewline: 'on',
    guides: { indentation: true },
    fixedOverflowWidgets: true,
    wordWrap: 'off',
    smoothScrolling: false,
    stickyScroll: { enabled: false },
    unicodeHighlight: { ambiguousCharacters: false },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, useShadows: false },
    'semanticHighlighting.enabled': true,
  })
  view.addAction(lookUp)
  leaveByKey(parent)
  const states = new Map<string, editor.ICodeEditorViewState | null>()
  const ends = [keepModels(), showTheme(), showMarkers()]

  // Monaco gives the focus to clicks on its text, not to those on its textbox (at the caret).
  parent.addEventListener('click', ({ target }) => {
    if (target instanceof HTMLElement && target.role === 'textbox') view.focus()
  })

  ends.push(
    effect(() => {
      const path = activePath.value
      void opening.value
      untracked(() => {
        const file = files.value.find((other) => other.path === path)
        const model = file === undefined ? null : modelOf(file.path, file.text)
        const shown = view.getModel()
        if (model === shown) return
        if (shown !== null) states.set(shown.uri.path, view.saveViewState())
        view.setModel(model)
        const state = model === null ? null : states.get(model.uri.path)
        if (state) view.restoreViewState(state)
      })
    }),
  )

  ends.push(
    effect(() => {
      const range = place.value
      if (range === null) return
      untracked(() => {
        if (files.value.some(({ path }) => path === range.file)) activePath.value = range.file
      })
      const end = { endLineNumber: range.endLine, endColumn: range.endColumn }
      view.setSelection({
        startLineNumber: range.startLine,
        startColumn: range.startColumn,
        ...end,
      })
      view.revealLineInCenterIfOutsideViewport(range.startLine)
      view.focus()
    }),
  )

  ends.push(
    effect(() => {
      const wanted = insertion.value
      if (wanted === null) return
      untracked(() => {
        insertion.value = null
        const range = view.getSelection()
        if (range === null) return
        view.pushUndoStop()
        view.executeEdits('insert', [{ range, text: wanted.text, forceMoveMarkers: true }])
        view.pushUndoStop()
        view.focus()
      })
    }),
  )

  return () => {
    for (const end of ends) end()
    view.dispose()
    for (const model of editor.getModels()) model.dispose()
  }
}

/** Keeps one model for each file of the workspace: what is typed goes there, what is opened comes. */
function keepModels(): () => void {
  let lastOpening = -1
  return effect(() => {
    const wanted = new Set(files.value.map(({ path }) => uriOf(path).toString()))
    const isOther = opening.value !== lastOpening
    lastOpening = opening.value
    untracked(() => {
      for (const { path, text } of files.value) {
        const model = modelOf(path, text)
        if (model.getValue() === text) continue
        // A whole other workspace: undo must not lead back into the one before.
        if (isOther) model.setValue(text)
        else model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null)
      }
      for (const model of editor.getModels()) {
        if (model.uri.scheme === 'workspace' && !wanted.has(model.uri.toString())) model.dispose()
      }
    })
  })
}

/** The file's model; made of `text` if there is none yet. */
function modelOf(path: string, text: string): editor.ITextModel {
  const existing = editor.getModel(uriOf(path))
  if (existing !== null) return existing
  const model = editor.createModel(text, languageOf(path), uriOf(path))
  model.updateOptions({
    bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
  })
  model.setEOL(editor.EndOfLineSequence.LF)
  model.onDidChangeContent(() => setText(path, model.getValue()))
  return model
}

function showTheme(): () => void {
  return effect(() => {
    void theme.value
    const dark = isDark()
    editor.defineTheme('snowglobe', monacoTheme(dark))
    editor.setTheme('snowglobe')
  })
}

const severities = {
  error: MarkerSeverity.Error,
  warning: MarkerSeverity.Warning,
  info: MarkerSeverity.Info,
}

function showMarkers(): () => void {
  return effect(() => {
    const found = problems.value
    void opening.value
    // Not at every change of text: Monaco moves markers along with what is typed.
    for (const { path } of files.peek()) {
      const model = editor.getModel(uriOf(path))
      if (model === null) continue
      editor.setModelMarkers(
        model,
        'nix',
        found.flatMap((problem) => markersOf(problem, path)),
      )
    }
  })
}

function markersOf(problem: Problem, path: string): editor.IMarkerData[] {
  const { range, severity, message, code } = problem
  if (range === null || range.file !== path) return []
  return [
    {
      severity: severities[severity],
      message,
      code,
      source: 'nix',
      startLineNumber: range.startLine,
      startColumn: range.startColumn,
      endLineNumber: range.endLine,
      endColumn: range.endColumn,
    },
  ]
}
