import type { ByteString } from '@snowglobe/shared/bytes'
import type { Origin, PositionTable } from './positions'
import type { Position } from './tree'

/** A position as Nix writes it inside a message, `/etc/a.nix:3:5`, as a byte string. */
export function showPosition(positions: PositionTable, position: Position): ByteString {
  const place = positions.place(position)
  if (place === null) return '\xc2\xabnone\xc2\xbb'
  return `${showOrigin(place.origin, positions)}:${place.line}:${place.column}`
}

/** The origin of a source as Nix writes it: its path or that of which it is a copy, `«string»`, `«stdin»` or `«nix-internal»/…` (a byte string). */
export function showOrigin(origin: Origin, positions: PositionTable): ByteString {
  switch (origin.kind) {
    case 'file':
      return positions.displayed(origin.path)
    case 'builtin':
      return `\xc2\xabnix-internal\xc2\xbb/${origin.name}`
    default:
      return `\xc2\xab${origin.kind}\xc2\xbb`
  }
}
