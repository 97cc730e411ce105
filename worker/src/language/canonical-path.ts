import type { ByteString } from '@snowglobe/shared/bytes'

/** An absolute path without empty, `.` and `..` segments; `..` at the root stays there. */
export function canonicalPath(path: ByteString): ByteString {
  if (isCanonical(path)) return path
  const segments: ByteString[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(segment)
  }
  return '/' + segments.join('/')
}

/** Most paths are: then there is nothing to take apart. */
function isCanonical(path: ByteString): boolean {
  if (path.charCodeAt(0) !== slash || path.charCodeAt(path.length - 1) === slash) return false
  for (let at = 0; at >= 0; at = path.indexOf('/', at + 1)) {
    const next = path.charCodeAt(at + 1)
    // A name may begin with a dot: whether it does is left to who takes the path apart.
    if (next === slash || next === dot) return false
  }
  return true
}

const slash = 0x2f
const dot = 0x2e

/** The path that a path literal means in a directory. A last slash is kept: an interpolation follows it. */
export function absolutePath(literal: ByteString, basePath: ByteString): ByteString {
  const whole = literal.charCodeAt(0) === 0x2f ? literal : `${basePath}/${literal}`
  const path = canonicalPath(whole)
  const endsInSlash = literal.length > 1 && literal.charCodeAt(literal.length - 1) === 0x2f
  return endsInSlash ? path + '/' : path
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
