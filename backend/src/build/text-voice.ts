import { utf8ToByteString, type ByteString } from '@snowglobe/shared/bytes'
import type { BuildVoice } from './build-voice'
import type { Goal } from './goal'

/** Lines for people, as Nix prints them where there is no terminal to draw on. */
export class TextVoice implements BuildVoice {
  constructor(
    private readonly write: (text: ByteString) => void,
    /** Whether what builders print is shown. */
    private readonly showLogs: boolean,
  ) {}

  say(text: ByteString): void {
    this.write(`${text}\n`)
  }

  error(text: ByteString): void {
    this.write(`error: ${text.replaceAll('\n', '\n       ')}\n`)
  }

  begin(_goal: Goal, _what: 'build' | 'copy', text: ByteString): void {
    this.write(`${text}...\n`)
  }

  lines(_goal: Goal, lines: readonly string[]): void {
    if (this.showLogs) this.write(utf8ToByteString(lines.map((line) => `${line}\n`).join('')))
  }

  phase(): void {}

  finish(): void {}

  counts(): void {}
}
