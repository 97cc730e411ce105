import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { messageOf } from '@snowglobe/shared/message-of'
import { tokenizeNix } from '../editor/highlight'
import { firstAnswer } from '../state/first-answer'
import { activePath, files } from '../state/workspace'
import { FileTabs } from './file-tabs'

/** Whether the editor has taken over from the static snippet. */
export const editorReady = signal(false)
const editorFailure = signal<string | null>(null)

/** The code: at first as static text, then in the editor. */
export function EditorPane() {
  const element = useRef<HTMLDivElement>(null)

  useEffect(() => {
    let unmount: (() => void) | null = null
    let gone = false
    const load = async () => {
      await firstAnswer
      try {
        const { mountEditor } = await import('../editor/monaco')
        if (gone || element.current === null) return
        unmount = mountEditor(element.current)
        editorReady.value = true
        performance.mark('editor-ready')
      } catch (error) {
        editorFailure.value = messageOf(error)
      }
    }
    void load()
    return () => {
      gone = true
      unmount?.()
    }
  }, [])

  return (
    <section class="panel editor" aria-label="Code">
      <FileTabs />
      <div class="editor-body">
        {!editorReady.value && <StaticSnippet />}
        <div class="editor-screen" ref={element} />
        {editorFailure.value !== null && (
          <p class="note bad">The editor could not be loaded: {editorFailure.value}</p>
        )}
      </div>
    </section>
  )
}

/** More characters than any screen has room for: of a long file the rest is left to the editor. */
const mostCharacters = 20_000

/** The file as the editor will show it, line for line in the same place. */
function StaticSnippet() {
  const file = files.value.find(({ path }) => path === activePath.value)
  const text = file?.text.slice(0, mostCharacters) ?? ''
  const lines = text.split('\n').length
  return (
    <div class="static-snippet" aria-hidden="true">
      <pre class="static-numbers">
        {Array.from({ length: lines }, (_, at) => at + 1).join('\n')}
      </pre>
      <pre class="static-code">
        {tokenizeNix(text).map(({ type, text: token }, at) => (
          <span key={at} class={`tok-${type}`}>
            {token}
          </span>
        ))}
      </pre>
    </div>
  )
}
