import type { ByteString } from '@snowglobe/shared/bytes'

/** An absolute path without empty, `.` and `..` segments; `..` at the root stays there. */
export function canonicalPath(path: ByteString): ByteString {
  const segments: ByteString[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return '/' + segments.join('/')
}
