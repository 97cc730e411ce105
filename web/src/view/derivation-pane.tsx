import type { DerivationView } from '@snowglobe/worker/browser/api'
import { backToDerivation, derivation, derivationTrail, nameOf } from '../state/store'
import { AskedFor } from './asked'
import { BackIcon } from './icons'
import { ShellButton } from './shell-pane'
import { StorePath } from './store-path'

/** A `.drv` in readable form; what it is made from can be opened in turn. */
export function DerivationPane() {
  const trail = derivationTrail.value
  if (trail.length === 0) {
    return (
      <div class="empty">
        <p>No derivation yet.</p>
        <p class="faint">
          A value that can be built has a <code>.drv</code>: open it from the value or from a plan.
        </p>
      </div>
    )
  }
  return (
    <div class="derivation">
      {trail.length > 1 && (
        <button type="button" class="link back" onClick={backToDerivation}>
          <BackIcon /> {nameOf(trail[trail.length - 2]!)}
        </button>
      )}
      <AskedFor asked={derivation.value} busy="Reading the derivation…">
        {(view) =>
          view === null ? (
            <p class="note bad">The store does not hold {trail[trail.length - 1]}.</p>
          ) : (
            <Details view={view} />
          )
        }
      </AskedFor>
    </div>
  )
}

function Details({ view }: { view: DerivationView }) {
  return (
    <>
      <h3 class="derivation-name">{view.name}</h3>
      <p class="path-text">{view.path}</p>
      <ShellButton derivation={view.path} directory="empty" />

      <h4>Outputs</h4>
      <ul class="plain-list">
        {view.outputs.map(({ name, path, hashAlgorithm, hash }) => (
          <li key={name}>
            <span class="field">{name}</span>{' '}
            {path === '' ? (
              <em class="faint">known once it is built</em>
            ) : (
              <StorePath path={path} />
            )}
            {hash !== '' && (
              <div class="faint path-text">
                fixed: {hashAlgorithm} {hash}
              </div>
            )}
          </li>
        ))}
      </ul>

      <h4>Made from</h4>
      {view.inputDerivations.length === 0 && view.inputSources.length === 0 ? (
        <p class="faint">nothing but its own text</p>
      ) : (
        <ul class="plain-list">
          {view.inputDerivations.map(({ path, outputs }) => (
            <li key={path}>
              <StorePath path={path} follow /> <span class="faint">{outputs.join(', ')}</span>
            </li>
          ))}
          {view.inputSources.map((path) => (
            <li key={path}>
              <StorePath path={path} /> <span class="faint">source</span>
            </li>
          ))}
        </ul>
      )}

      <h4>Builder</h4>
      <pre class="code plain">
        {[view.builder, ...view.args].map((word) => quoted(word)).join(' ')}
      </pre>
      <p>
        <span class="field">system</span> <code>{view.system}</code>
      </p>

      <h4>Environment</h4>
      <dl class="environment">
        {view.environment.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              {value.includes('\n') ? <pre class="code plain">{value}</pre> : <code>{value}</code>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}

/** A word of a command line as one would type it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
