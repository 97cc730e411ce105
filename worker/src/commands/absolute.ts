import type { ByteString } from '@snowglobe/shared/bytes'
import { canonicalPath } from '../language/canonical-path'

/** The path that an argument means, without empty, `.` and `..` segments. */
export function absolute(path: ByteString, workingDirectory: ByteString): ByteString {
  return canonicalPath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)
}
