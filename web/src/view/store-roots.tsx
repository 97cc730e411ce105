import { removeRoot, roots } from '../state/store-care'
import { AskedFor } from './asked'
import { CloseIcon } from './icons'
import { PathButton } from './path-button'
import { describeRoot } from './store-path-details'

const kinds: Record<string, string> = {
  permanent: 'root',
  indirect: 'link',
  profile: 'profile',
  temporary: 'in use',
  running: 'running',
}

/** What keeps paths from being collected. */
export function StoreRoots() {
  return (
    <>
      <p class="faint count">
        A root keeps its path and everything that path refers to. The rest is garbage.
      </p>
      <AskedFor asked={roots.value} busy="Looking for roots…">
        {(found) =>
          found.length === 0 ? (
            <p class="note">There is no root: everything in this store is garbage.</p>
          ) : (
            <ul class="path-list">
              {found.map(({ name, path, kind }) => (
                <li key={`${name} ${path}`}>
                  <span class="root">
                    <span class="root-name">{describeRoot(name)}</span>
                    <PathButton path={path} />
                  </span>
                  {kind === 'permanent' ? (
                    <button
                      type="button"
                      class="icon-button small"
                      aria-label={`Remove the root ${name}`}
                      title="Remove this root"
                      onClick={() => void removeRoot(name)}
                    >
                      <CloseIcon />
                    </button>
                  ) : (
                    <span class="chip">{kinds[kind]}</span>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </AskedFor>
    </>
  )
}
