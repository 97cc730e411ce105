import { damages, verifyStore } from '../state/store-care'
import { AskedFor } from './asked'
import { PathButton } from './path-button'

const words = {
  disappeared: 'was gone and has been forgotten: evaluate or build again to get it back',
  'in-use': 'is gone, but others need it',
  modified: 'is not what it was when it was added',
}

/** Compares the contents of all paths with their hashes. */
export function StoreCheck() {
  return (
    <>
      <p class="faint count">
        Every path has the hash of its contents. Checking reads all of them and compares.
      </p>
      <div class="path-actions">
        <button
          type="button"
          class="pill primary"
          disabled={damages.value?.state === 'busy'}
          onClick={() => void verifyStore()}
        >
          Check all contents
        </button>
      </div>
      <AskedFor asked={damages.value} busy="Reading and hashing…">
        {(found) =>
          found.length === 0 ? (
            <p class="summary good" role="status">
              All contents are what they were.
            </p>
          ) : (
            <ul class="path-list" role="status">
              {found.map(({ path, kind }) => (
                <li key={path}>
                  <PathButton path={path} />
                  <span class="damage">{words[kind]}</span>
                </li>
              ))}
            </ul>
          )
        }
      </AskedFor>
    </>
  )
}
