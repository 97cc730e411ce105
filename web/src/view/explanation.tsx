import type { Problem } from '@snowglobe/worker/browser/api'
import { inCode } from './in-code'
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
