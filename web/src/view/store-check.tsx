import { damages, repairPath, repairs, verifyStore } from '../state/store-care'
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
            <ul class="path-list damages" role="status">
              {found.map(({ path, kind }) => (
                <li key={path}>
                  <PathButton path={path} />
                  <span class="damage">{words[kind]}</span>
                  {kind !== 'disappeared' && <Repair path={path} />}
                </li>
              ))}
            </ul>
          )
        }
      </AskedFor>
    </>
  )
}

/** Gets the contents of a damaged path again. */
function Repair({ path }: { path: string }) {
  const repair = repairs.value.get(path) ?? null
  if (repair?.state === 'here') return <span class="repaired">It is right again.</span>
  return (
    <>
      <button
        type="button"
        class="link"
        disabled={repair?.state === 'busy'}
        onClick={() => void repairPath(path)}
      >
        Get it again
      </button>
      <AskedFor asked={repair} busy="Fetching…">
        {() => null}
      </AskedFor>
    </>
  )
}
