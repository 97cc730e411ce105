import type { ByteString } from '@snowglobe/shared/bytes'
import type { FileStatus, FileType, SourceAccessor } from '../store/source-accessor'

/** A directory of an accessor as a file system of its own. */
export class SubtreeAccessor implements SourceAccessor {
  constructor(
    private readonly files: SourceAccessor,
    private readonly directory: ByteString,
  ) {}

  status(path: ByteString): FileStatus | null {
    return this.files.status(this.within(path))
  }

  readFile(path: ByteString): Uint8Array {
    return this.files.readFile(this.within(path))
  }

  readDirectory(path: ByteString): Map<ByteString, FileType> {
    return this.files.readDirectory(this.within(path))
  }

  readLink(path: ByteString): ByteString {
    return this.files.readLink(this.within(path))
  }

  private within(path: ByteString): ByteString {
    return path === '/' ? this.directory : this.directory + path
  }
}
