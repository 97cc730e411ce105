import { tokenizeNix } from '../editor/highlight'

/** A piece of Nix in the editor's colours. */
export function Nix({ code }: { code: string }) {
  return (
    <>
      {tokenizeNix(code).map(({ type, text }, at) =>
        type === 'plain' ? (
          text
        ) : (
          <span key={at} class={`tok-${type}`}>
            {text}
          </span>
        ),
      )}
    </>
  )
}
