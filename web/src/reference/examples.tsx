import { EvaluateIcon } from '../view/icons'
import { Nix } from '../view/nix'
import { tryExpression } from './actions'
import type { Entry } from './entries'
import { Section } from './entry-page'
import { examplesOf, type ShownExample } from './example-code'

/** What is shown of something in use; each can be tried in the editor. */
export function Examples({ entry }: { entry: Entry }) {
  const all = examplesOf(entry)
  if (all.length === 0) return null
  return (
    <Section title={all.length === 1 ? 'Example' : 'Examples'}>
      {all.map((example, at) => (
        <div key={at} class="example-card">
          <pre class="code plain">
            <Nix code={example.expression} />
          </pre>
          <div class="example-foot">
            <Result result={example.result} />
            <button
              type="button"
              class="example-try"
              title="Opens it in the editor and evaluates it; your code is kept as a draft"
              onClick={() => void tryExpression(entry, example.expression)}
            >
              <EvaluateIcon /> Try it
            </button>
          </div>
        </div>
      ))}
    </Section>
  )
}

function Result({ result }: { result: ShownExample['result'] }) {
  if (result === null) return <span class="spacer" />
  return (
    <pre class="code plain example-result">
      <span class="visually-hidden">gives </span>
      <span class="faint" aria-hidden="true">
        ⇒{' '}
      </span>
      {'value' in result ? (
        <Nix code={result.value} />
      ) : (
        <span class="example-error">error: {result.error}</span>
      )}
    </pre>
  )
}
