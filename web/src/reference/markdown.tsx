import { Marked } from 'marked'
import { useMemo } from 'preact/hooks'
import { highlightNix } from '../editor/highlight'
import { escapeHtml } from '../format/escape-html'
import { showEntry } from '../state/reference'
import { entryOf } from './catalogue'

const marked = new Marked({
  gfm: true,
  renderer: {
    code({ text, lang }) {
      const body = lang === 'nix' ? highlightNix(text) : escapeHtml(text)
      return `<pre class="code"><code>${body}</code></pre>\n`
    },
    // A name that the Reference knows leads there.
    codespan({ text }) {
      const entry = /^[\w.'-]+$/.test(text) && text.includes('.') ? entryOf(text) : null
      const code = `<code>${escapeHtml(text)}</code>`
      return entry === null
        ? code
        : `<a href="#docs=${encodeURIComponent(entry.id)}" data-entry="${escapeHtml(entry.id)}">${code}</a>`
    },
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      return /^https?:/.test(href)
        ? `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer">${text}</a>`
        : text
    },
    html: ({ text }) => escapeHtml(text),
  },
})

/** Text of a doc comment or a description. */
export function Markdown({ text }: { text: string }) {
  const html = useMemo(() => marked.parse(text, { async: false }), [text])
  return (
    <div
      class="prose about-prose"
      onClick={(event) => {
        const link = (event.target as Element).closest<HTMLElement>('[data-entry]')
        if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        showEntry(link.dataset.entry!)
      }}
      // Every tag in it is made above.
      dangerouslySetInnerHTML={{ __html: html }}
    />
  )
}
