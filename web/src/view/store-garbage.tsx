import { describeSize } from '../format/size'
import { collected, collectGarbage, garbage, previewGarbage } from '../state/store-care'
import { AskedFor } from './asked'
import { PathButton } from './path-button'

const shownAtMost = 200

/** What a garbage collection would delete, and the button that does it. */
export function StoreGarbage() {
  const busy = collected.value?.state === 'busy'
  return (
    <>
      {collected.value?.state === 'failed' && <p class="note bad">{collected.value.why}</p>}
      {collected.value?.state === 'here' && (
        <>
          <p class="summary good" role="status">
            {count(collected.value.value.deleted.length)} deleted,{' '}
            {describeSize(collected.value.value.bytesFreed)} freed
          </p>
          <p class="faint count">What is evaluated again is added again.</p>
        </>
      )}
      <AskedFor asked={garbage.value} busy="Looking for garbage…">
        {({ live, dead, deadSize }) => (
          <>
            <p class="garbage-facts">
              {dead.length === 0 ? (
                <>Nothing is garbage: roots keep all {count(live)}.</>
              ) : (
                <>
                  No root keeps {count(dead.length)}: deleting them frees{' '}
                  <strong>{describeSize(deadSize)}</strong>. {count(live)} will stay.
                </>
              )}
            </p>
            <div class="path-actions">
              <button
                type="button"
                class="pill primary"
                disabled={busy || dead.length === 0}
                onClick={() => void collectGarbage()}
              >
                {busy ? 'Collecting…' : 'Collect garbage'}
              </button>
              <button type="button" class="pill" onClick={() => void previewGarbage()}>
                Look again
              </button>
            </div>
            <ul class="path-list">
              {dead.slice(0, shownAtMost).map(({ path, narSize }) => (
                <li key={path}>
                  <PathButton path={path} />
                  <span class="faint">{describeSize(narSize)}</span>
                </li>
              ))}
            </ul>
            {dead.length > shownAtMost && <p class="faint">and {dead.length - shownAtMost} more</p>}
          </>
        )}
      </AskedFor>
    </>
  )
}

function count(paths: number): string {
  return `${paths} ${paths === 1 ? 'path' : 'paths'}`
}
