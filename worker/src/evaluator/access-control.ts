/** Pure and restricted evaluation: which files and URIs a program may reach. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { canonicalPath, parentPath } from '../language/canonical-path'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'
import { NixError } from './errors'
import type { EvaluationSettings } from './evaluation-settings'

/**
 * Files of which only what was allowed can be seen: an allowed path with all below it, and the
 * directories that lead to it. What else there is does not exist for `status`; reading it is refused.
 */
export class AllowedFiles implements SourceAccessor {
  private readonly prefixes = new Set<ByteString>()
  private readonly leading = new Set<ByteString>()

  constructor(
    private readonly files: SourceAccessor,
    private readonly mode: 'pure' | 'restricted',
  ) {}

  /** Allows a path and all below it. */
  allow(path: ByteString): void {
    this.prefixes.add(path)
    for (let parent = path; parent !== '/';) this.leading.add((parent = parentPath(parent)))
  }

  /** Refuses a path that was not allowed. */
  check(path: ByteString): void {
    if (this.isAllowed(path)) return
    const where =
      this.mode === 'pure'
        ? "in pure evaluation mode (use '--impure' to override)"
        : 'in restricted mode'
    throw new NixError('restricted', `access to absolute path '${path}' is forbidden ${where}`)
  }

  status(path: ByteString): FileStatus | null {
    return this.isAllowed(path) ? this.files.status(path) : null
  }

  readFile(path: ByteString): Uint8Array {
    this.check(path)
    return this.files.readFile(path)
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    this.check(path)
    const names = new Map<ByteString, FileType>()
    for (const [name, type] of this.files.readDirectory(path)) {
      if (this.isAllowed(path === '/' ? `/${name}` : `${path}/${name}`)) names.set(name, type)
    }
    return names
  }

  readLink(path: ByteString): ByteString {
    this.check(path)
    return this.files.readLink(path)
  }

  identity(path: ByteString): object | null {
    return this.isAllowed(path) ? (this.files.identity?.(path) ?? null) : null
  }

  private isAllowed(path: ByteString): boolean {
    if (this.leading.has(path)) return true
    for (let inside = path; ; inside = parentPath(inside)) {
      if (this.prefixes.has(inside)) return true
      if (inside === '/') return false
    }
  }
}

/**
 * Refuses a URI that restricted evaluation does not allow; paths and `file:` URIs may also lie where
 * files are allowed.
 */
export function checkUri(
  uri: ByteString,
  { restrictEval, allowedUris }: EvaluationSettings,
  files: AllowedFiles | null,
): void {
  if (!restrictEval || allowedUris.some((prefix) => isBelow(uri, prefix))) return
  const path = uri.startsWith('/') ? uri : /^file:(?:\/\/)?(\/.*)$/s.exec(uri)?.[1]
  if (path === undefined) {
    throw new NixError('restricted', `access to URI '${uri}' is forbidden in restricted mode`)
  }
  files?.check(canonicalPath(path))
}

/** `https://github.co` does not allow `https://github.com`; `https:` allows all of a scheme. */
function isBelow(uri: ByteString, prefix: ByteString): boolean {
  if (uri === prefix) return true
  if (prefix === '' || !uri.startsWith(prefix)) return false
  return prefix.endsWith('/') || uri[prefix.length] === '/' || /^[a-z][a-z0-9+.-]*:$/i.test(prefix)
}
