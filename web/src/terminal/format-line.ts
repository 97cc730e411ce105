import type { LogLine } from '../state/build-log'

/** A line with the name of its derivation, as people read it; or one that the page itself says. */
export type NamedLine = (LogLine & { name: string }) | { kind: 'note'; text: string }

/** Colours of names, by number of the terminal's palette: readable in light and dark. */
const colours = [36, 34, 35, 32, 33]

/** The same name always has the same colour. */
function colourOf(name: string): number {
  let sum = 0
  for (const character of name) sum = (sum * 31 + character.codePointAt(0)!) >>> 0
  return colours[sum % colours.length]!
}

/** A log line as the terminal shows it: `name> text`, the builder's own colours kept inside it. */
export function formatLine(line: NamedLine): string {
  if (line.kind === 'note') return `\x1b[90m${line.text}\x1b[0m\n`
  const prefix = `\x1b[${colourOf(line.name)}m${line.name}>\x1b[0m `
  if (line.kind === 'phase') return `${prefix}\x1b[1m${line.phase}\x1b[0m\n`
  return `${prefix}${line.text}\x1b[0m\n`
}
