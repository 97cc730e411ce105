import { openStorePath } from '../state/store'

/** A store path as a button that opens it: the hash faint, the name in front of the eye. */
export function StorePath({ path, follow = false }: { path: string; follow?: boolean }) {
  const parts = /^(.*\/[0-9a-z]{32}-)(.*)$/.exec(path)
  return (
    <button
      type="button"
      class="store-path whole"
      title={path}
      onClick={() => openStorePath(path, follow)}
    >
      {parts === null ? (
        path
      ) : (
        <>
          <span class="hash">{parts[1]}</span>
          {parts[2]}
        </>
      )}
    </button>
  )
}
