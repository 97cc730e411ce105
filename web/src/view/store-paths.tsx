import { describeSize } from '../format/size'
import { pathFilter, pathOrder, paths, pathsShown } from '../state/store'
import { AskedFor } from './asked'
import { PathButton } from './path-button'

const shownAtMost = 500

/** Every path of the store, by name or size. */
export function StorePaths() {
  const found = pathsShown.value
  return (
    <>
      <div class="store-find">
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
        <select
          class="field-input store-order"
          aria-label="Order of the paths"
          value={pathOrder.value}
          onChange={(event) => {
            pathOrder.value = event.currentTarget.value === 'size' ? 'size' : 'name'
          }}
        >
          <option value="name">by name</option>
          <option value="size">by size</option>
        </select>
      </div>
      <AskedFor asked={paths.value} busy="Reading the store…">
        {(all) => (
          <>
            <p class="faint count">
              {found.length === all.length
                ? `${all.length} ${all.length === 1 ? 'path' : 'paths'}, `
                : `${found.length} of ${all.length} paths, `}
              {describeSize(found.reduce((sum, { narSize }) => sum + narSize, 0))}
            </p>
            <ul class="path-list">
              {found.slice(0, shownAtMost).map(({ path, narSize, state, references }) => (
                <li key={path}>
                  <PathButton path={path} />
                  <span class="faint">
                    {references.length > 0 &&
                      `${references.length} ${references.length === 1 ? 'reference' : 'references'}, `}
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
    </>
  )
}
