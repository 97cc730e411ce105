import { Marked } from 'marked'
import type { Plugin } from 'vite'
import { highlightNix } from '../src/editor/highlight.ts'
import { escapeHtml } from '../src/format/escape-html.ts'
import type { RenderedLesson } from '../src/format/rendered-lesson.ts'

const marked = new Marked({
  gfm: true,
  renderer: {
    code({ text, lang }) {
      const nix = lang === undefined || lang === '' || lang === 'nix'
      const body = nix ? highlightNix(text) : escapeHtml(text)
      return `<pre class="code"><code>${body}</code></pre>\n`
    },
    link({ href, tokens }) {
      const outside = /^https?:/.test(href)
      const rest = outside ? ' target="_blank" rel="noopener noreferrer"' : ''
      return `<a href="${escapeHtml(href)}"${rest}>${this.parser.parseInline(tokens)}</a>`
    },
  },
})

const frontMatter = /^---\n([\s\S]*?)\n---\n/
const heading = /^\s*#\s+(.+?)\s*#*\s*(?:\n|$)/

/** Renders a lesson: front matter with `title` and `summary`, then Markdown with its `# heading`. */
function renderLesson(source: string, file: string): RenderedLesson {
  const front = frontMatter.exec(source)
  if (front === null) throw new Error(`${file}: a lesson begins with "---" and its title`)
  const field = (name: string) => {
    const found = new RegExp(`^${name}:\\s*(.+?)\\s*$`, 'm').exec(front[1]!)
    if (found === null) throw new Error(`${file}: the front matter lacks "${name}: …"`)
    return found[1]!
  }
  // The pane shows the title above the text: the Markdown's own heading would repeat it.
  const body = source.slice(front[0].length).replace(heading, '')
  const html = marked.parse(body, { async: false })
  return { title: field('title'), summary: field('summary'), html }
}

/**
 * Makes `lesson.md` importable: `import lesson from './lesson.md'` gives a RenderedLesson, and
 * `lesson.md?title` only its title, for the list that every visitor loads.
 */
export function lessonMarkdown(): Plugin {
  return {
    name: 'lesson-markdown',
    transform(source, id) {
      const [file, query] = id.split('?') as [string, string | undefined]
      if (!file.endsWith('/lesson.md') || query === 'raw') return null
      const lesson = renderLesson(source, file)
      const value = query === 'title' ? lesson.title : lesson
      return { code: `export default ${JSON.stringify(value)}`, map: { mappings: '' } }
    },
  }
}
