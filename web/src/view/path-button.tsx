import { showPath } from '../state/store-care'

/**
 * A store path as a button that shows what surrounds it. The name comes first: where there is little room,
 * it is the hash that is cut off.
 */
export function PathButton({ path }: { path: string }) {
  const parts = /\/([0-9a-z]{32})-(.*)$/.exec(path)
  return (
    <button type="button" class="store-path" title={path} onClick={() => showPath(path)}>
      {parts?.[2] ?? path}
      {parts !== null && <span class="hash short-hash">{parts[1]!.slice(0, 8)}</span>}
    </button>
  )
}

/** Paths, one below the other, the first ones of many. */
export function PathList({ paths, atMost = 100 }: { paths: readonly string[]; atMost?: number }) {
  if (paths.length === 0) return <span class="faint">none</span>
  return (
    <ul class="plain-list">
      {paths.slice(0, atMost).map((path) => (
        <li key={path}>
          <PathButton path={path} />
        </li>
      ))}
      {paths.length > atMost && <li class="faint">and {paths.length - atMost} more</li>}
    </ul>
  )
}
