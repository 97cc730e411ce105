import type { ByteString } from '@snowglobe/shared/bytes'

/** An absolute path without `.`, `..`, empty components and trailing slash, by its text alone. */
export function canonicalPath(path: ByteString): ByteString {
  if (!/\/(\/|\.|$)/.test(path)) return path === '' ? '/' : path
  const parts: ByteString[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return '/' + parts.join('/')
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
