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

/** What lies before the last slash: the directory of a path, '/' for the root. */
export function parentPath(path: ByteString): ByteString {
  const slash = path.lastIndexOf('/')
  return slash <= 0 ? '/' : path.slice(0, slash)
}

/** What follows the last slash. */
export function fileName(path: ByteString): ByteString {
  return path.slice(path.lastIndexOf('/') + 1)
}
