import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import { readStandardInput } from './read-input'
import { write, writeBytes } from './write-output'

/** A process, as far as commands use it. */
export interface CommandProcess {
  environment: Readonly<Record<string, string | undefined>>
  workingDirectory: string
  readStandardInput(): Promise<Uint8Array>
  /** Writes text to standard output (1) or standard error (2). */
  write(descriptor: 1 | 2, text: ByteString): void
  /** Writes to standard output what has to arrive as a whole. */
  writeBytes(bytes: Uint8Array): void
}

/** The process that runs this. */
export function ownProcess(): CommandProcess {
  return {
    environment: process.env,
    workingDirectory: process.cwd(),
    readStandardInput,
    write,
    writeBytes: (bytes) => writeBytes(1, bytes),
  }
}
