/** The tables of a TOML document while it is read: which may still be added to, and how. */
import type { ByteString } from '@snowglobe/shared/bytes'
import { AttributeSetBuilder, type AttributeSet } from './attribute-set'
import type { Slot, Value } from './values'

/**
 * How a table came to be: as part of the name of another (`[a.b]` makes a), by its own header, or by
 * dotted keys (`a.b = 1` makes a). The values of inline tables are values, and closed.
 */
type Origin = 'implied' | 'header' | 'dotted'

/** `[[a]]` */
class TableArray {
  readonly tables: TomlTable[] = []

  get last(): TomlTable {
    return this.tables[this.tables.length - 1]
  }
}

/** What a key stands for: a value is boxed, so that it is never mistaken for a table. */
type Entry = TomlTable | TableArray | { value: Value }

/** What is wrong with a key; the parser knows where. */
export class TomlKeyError extends Error {}

export class TomlTable {
  private readonly entries = new Map<ByteString, Entry>()

  constructor(private origin: Origin) {}

  /** `a.b.c = value` */
  define(path: readonly ByteString[], value: Value): void {
    let { entries } = this
    for (const key of path.slice(0, -1)) {
      const entry = entries.get(key)
      if (entry === undefined) {
        const made = new TomlTable('dotted')
        entries.set(key, made)
        entries = made.entries
      } else if (entry instanceof TomlTable && entry.origin === 'dotted') entries = entry.entries
      else throw new TomlKeyError(`'${show(path)}' adds to '${key}', which is defined already`)
    }
    const key = path[path.length - 1]
    if (entries.has(key)) throw new TomlKeyError(`'${show(path)}' is defined twice`)
    entries.set(key, { value })
  }

  /** `[a.b.c]`: the table that the following keys belong to. */
  open(path: readonly ByteString[]): TomlTable {
    const parent = this.parent(path)
    const key = path[path.length - 1]
    const entry = parent.get(key)
    if (entry === undefined) {
      const table = new TomlTable('header')
      parent.set(key, table)
      return table
    }
    if (entry instanceof TomlTable && entry.origin === 'implied') {
      entry.origin = 'header'
      return entry
    }
    throw new TomlKeyError(`table '${show(path)}' is defined twice`)
  }

  /** `[[a.b.c]]`: a further table of that array. */
  append(path: readonly ByteString[]): TomlTable {
    const parent = this.parent(path)
    const key = path[path.length - 1]
    let entry = parent.get(key)
    if (entry === undefined) parent.set(key, (entry = new TableArray()))
    if (!(entry instanceof TableArray)) {
      throw new TomlKeyError(`'${show(path)}' is defined already, but not as an array of tables`)
    }
    const table = new TomlTable('header')
    entry.tables.push(table)
    return table
  }

  /** The entries of the table that the last name of a header belongs to. */
  private parent(path: readonly ByteString[]): Map<ByteString, Entry> {
    let { entries } = this
    for (const key of path.slice(0, -1)) {
      const entry = entries.get(key)
      if (entry === undefined) {
        const made = new TomlTable('implied')
        entries.set(key, made)
        entries = made.entries
      } else if (entry instanceof TomlTable) entries = entry.entries
      else if (entry instanceof TableArray) entries = entry.last.entries
      else throw new TomlKeyError(`'${key}' in '${show(path)}' is a value, not a table`)
    }
    return entries
  }

  /** The table as a set. It may be nested as deep as it likes: what is unfinished waits on a stack. */
  build(): AttributeSet {
    const root = new Unfinished(this)
    const stack = [root]
    for (;;) {
      const top = stack[stack.length - 1]
      const inner = top.next()
      if (inner !== null) stack.push(inner)
      else if (stack.length === 1) return top.finish() as AttributeSet
      else {
        stack.pop()
        stack[stack.length - 1].take(top.finish())
      }
    }
  }

  items(): [ByteString, Entry][] {
    return [...this.entries]
  }
}

/** A table or an array of tables of which some entries have their values. */
class Unfinished {
  private readonly entries: [ByteString, Entry][]
  private readonly builder = new AttributeSetBuilder()
  private readonly list: Slot[] = []
  private index = 0

  constructor(private readonly of: TomlTable | TableArray) {
    this.entries =
      of instanceof TomlTable ? of.items() : of.tables.map((table): [string, Entry] => ['', table])
  }

  /** Takes the values that are there; gives the next entry that has to be made first, or null. */
  next(): Unfinished | null {
    while (this.index < this.entries.length) {
      const entry = this.entries[this.index][1]
      if (!('value' in entry)) return new Unfinished(entry)
      this.take(entry.value)
    }
    return null
  }

  take(value: Value): void {
    if (this.of instanceof TableArray) this.list.push(value)
    else this.builder.set(this.entries[this.index][0], value)
    this.index++
  }

  finish(): Value {
    return this.of instanceof TableArray ? this.list : this.builder.build()
  }
}

function show(path: readonly ByteString[]): ByteString {
  return path.join('.')
}
