import type { Problem } from '@snowglobe/worker/browser/api'
import { Nix } from './nix'

/** What such errors mean, folded away until somebody asks. */
export function Explanation({ problem: { explanation } }: { problem: Problem }) {
  if (explanation === undefined) return null
  const { text, example, repair } = explanation
  return (
    <details class="explanation">
      <summary>Why?</summary>
      <p>{inCode(text)}</p>
      <dl>
        <dt>Fails</dt>
        <dd>
          <code>
            <Nix code={example} />
          </code>
        </dd>
        <dt>Works</dt>
        <dd>
          <code>
            <Nix code={repair} />
          </code>
        </dd>
      </dl>
    </details>
  )
}

/** Text whose parts in backticks are code. */
function inCode(text: string) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part))
}
