import { buildsOff } from '../state/build'
import { pane, smallScreen, splits } from '../state/layout'
import { lessonId } from '../state/lesson'
import { EditorPane } from './editor-pane'
import { LessonPane } from './lesson-pane'
import { Notices, Toasts } from './notices'
import { PaneBar } from './pane-bar'
import { ProblemsPane } from './problems-pane'
import { ReferencePane } from './reference-pane'
import { ResultPane } from './result-pane'
import { Splitter } from './splitter'
import { TerminalPane } from './terminal-pane'
import { Toolbar } from './toolbar'

/** The whole page. */
export function App() {
  const sizes = {
    '--columns': `${splits.columns.value}%`,
    '--editor': `${splits.editor.value}%`,
    '--result': `${splits.result.value}%`,
  }
  return (
    <div class="app" data-pane={pane.value}>
      <Toolbar />
      <Notices />
      <main class={`panes ${lessonId.value === null ? '' : 'with-lesson'}`} style={sizes}>
        <LessonPane />
        <div class="columns">
          <div class="column code-column">
            <EditorPane />
            <Splitter name="editor" label="Height of the code" orientation="horizontal" />
            <ProblemsPane />
          </div>
          <Splitter name="columns" label="Width of the code" orientation="vertical" />
          <div class="column result-column">
            <ResultPane />
            <Splitter name="result" label="Height of the value" orientation="horizontal" />
            <TerminalPane />
          </div>
        </div>
        <ReferencePane />
      </main>
      {smallScreen.value && <PaneBar />}
      {buildsOff.value !== null && (
        <p class="foot-note" role="note">
          <strong>Builds are off.</strong> {buildsOff.value}
        </p>
      )}
      <Toasts />
    </div>
  )
}
