import { shownPath, showStoreView, storeView, type StoreView } from '../state/store-care'
import { useEffect } from 'preact/hooks'
import { StoreCheck } from './store-check'
import { StoreGarbage } from './store-garbage'
import { StorePathDetails } from './store-path-details'
import { StorePaths } from './store-paths'
import { StoreRoots } from './store-roots'

const views: readonly { name: StoreView; label: string }[] = [
  { name: 'paths', label: 'Paths' },
  { name: 'roots', label: 'Roots' },
  { name: 'garbage', label: 'Garbage' },
  { name: 'check', label: 'Check' },
]

/** The store of this browser: its paths, what keeps them, what could go, whether all is well. */
export function StorePane() {
  useEffect(() => showStoreView(storeView.peek()), [])
  const view = storeView.value
  return (
    <div class="store">
      <div class="store-views" role="group" aria-label="Views of the store">
        {views.map(({ name, label }) => (
          <button
            key={name}
            type="button"
            class="store-view"
            aria-pressed={view === name}
            onClick={() => showStoreView(name)}
          >
            {label}
          </button>
        ))}
      </div>
      {view === 'paths' &&
        (shownPath.value === null ? <StorePaths /> : <StorePathDetails path={shownPath.value} />)}
      {view === 'roots' && <StoreRoots />}
      {view === 'garbage' && <StoreGarbage />}
      {view === 'check' && <StoreCheck />}
    </div>
  )
}
