import { useEffect } from 'preact/hooks'
import { describeSize } from '../format/size'
import { pathFilter, paths, pathsShown, refreshPaths } from '../state/store'
import { AskedFor } from './asked'
import { StorePath } from './store-path'

const shownAtMost = 500

/** The store of this browser: every path, by name. */
export function StorePane() {
  useEffect(() => void refreshPaths(), [])
  const found = pathsShown.value
  return (
    <div class="store">
      <input
        type="search"
        class="field-input"
        placeholder="Find a path"
        aria-label="Find a path"
        value={pathFilter.value}
        onInput={(event) => {
          pathFilter.value = event.currentTarget.value
        }}
      />
      <AskedFor asked={paths.value} busy="Reading the store…">
        {(all) => (
          <>
            <p class="faint count">
              {found.length === all.length
                ? `${all.length} ${all.length === 1 ? 'path' : 'paths'}`
                : `${found.length} of ${all.length} paths`}
            </p>
            <ul class="path-list">
              {found.slice(0, shownAtMost).map(({ path, narSize, state }) => (
                <li key={path}>
                  <StorePath path={path} />
                  <span class="faint">
                    {describeSize(narSize)}
                    {state === 'known' && ', in the cache'}
                  </span>
                </li>
              ))}
            </ul>
            {found.length > shownAtMost && (
              <p class="faint">{found.length - shownAtMost} more: narrow the search.</p>
            )}
          </>
        )}
      </AskedFor>
    </div>
  )
}
