import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Plugin } from 'vite'

/** What the page links to while it is developed; the build puts it into the page itself. */
const themeTag = /<script[^>]*src="[^"]*theme\.js"[^>]*><\/script>/
const policy = /(script-src 'self')/

/**
 * Puts what cannot wait into the page as one inline script, which its policy allows by hash: it sets
 * the theme before anything is painted and makes the machine's workers before the page's own code is
 * asked for. (web/src/machine.ts takes them from `machineWorkers`.)
 */
export function inlineStart(): Plugin {
  return {
    name: 'inline-start',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const worker = (name: string) => {
          const file = Object.keys(bundle!).find((file) => file.includes(`/${name}-worker-`))
          if (file === undefined) throw new Error(`the build has no worker ${name}`)
          const options = JSON.stringify({ type: 'module', name })
          return `${name}:new Worker(${JSON.stringify(`./${file}`)},${options})`
        }
        const theme = readFileSync(new URL('../public/theme.js', import.meta.url), 'utf8')
        const script = `self.machineWorkers={${worker('coordinator')},${worker('evaluator')}}\n${theme}`
        const hash = createHash('sha256').update(script).digest('base64')
        return html
          .replace(themeTag, () => `<script>${script}</script>`)
          .replace(policy, `$1 'sha256-${hash}'`)
      },
    },
  }
}
