import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { messageOf } from '@snowglobe/shared/message-of'
import { tokenizeNix, type Token } from '../editor/highlight'
import { machine } from '../machine'
import type { Asked } from '../state/asked'
import { AskedFor } from '../view/asked'
import { FileIcon } from '../view/icons'

/** Where something is written; its file can be read here. */
export function Source({ file, line }: { file: string; line: number }) {
  const asked = useSignal<Asked<string> | null>(null)

  const toggle = async () => {
    if (asked.value !== null) {
      asked.value = null
      return
    }
    asked.value = { state: 'busy' }
    try {
      asked.value = { state: 'here', value: await machine.collectionFile(file) }
    } catch (error) {
      const why = messageOf(error)
      asked.value = { state: 'failed', why: `${file} could not be read: ${why}` }
    }
  }

  return (
    <section class="about-section source" aria-label="Source">
      <button
        type="button"
        class="source-place"
        aria-expanded={asked.value !== null}
        onClick={() => void toggle()}
      >
        <FileIcon />
        <span class="path-text">
          {`pkgs/${file}`.split('/').map((part, at) => (
            <span key={at}>
              {at > 0 && '/'}
              <wbr />
              {part}
            </span>
          ))}
          <span class="faint">:{line}</span>
        </span>
        <span class="source-hint">{asked.value === null ? 'Show source' : 'Hide'}</span>
      </button>
      <AskedFor asked={asked.value} busy="Reading…">
        {(text) => <Lines text={text} line={line} name={file} />}
      </AskedFor>
    </section>
  )
}

function Lines({ text, line, name }: { text: string; line: number; name: string }) {
  const lines = useMemo(() => linesOf(tokenizeNix(text.trimEnd())), [text])
  const box = useRef<HTMLPreElement>(null)
  const marked = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (box.current === null || marked.current === null) return
    // A few lines before it: there is what is said of it.
    box.current.scrollTop = marked.current.offsetTop - box.current.clientHeight / 3
  }, [lines, line])

  return (
    <pre ref={box} class="code plain source-text" tabIndex={0} aria-label={`pkgs/${name}`}>
      {lines.map((tokens, at) => (
        <span
          key={at}
          ref={at === line - 1 ? marked : undefined}
          class={`source-line ${at === line - 1 ? 'marked' : ''}`}
        >
          {tokens.map(({ type, text: part }, place) => (
            <span key={place} class={type === 'plain' ? undefined : `tok-${type}`}>
              {part}
            </span>
          ))}
          {'\n'}
        </span>
      ))}
    </pre>
  )
}

function linesOf(tokens: readonly Token[]): Token[][] {
  const lines: Token[][] = [[]]
  for (const { type, text } of tokens) {
    for (const [at, part] of text.split('\n').entries()) {
      if (at > 0) lines.push([])
      if (part !== '') lines.at(-1)!.push({ type, text: part })
    }
  }
  return lines
}
