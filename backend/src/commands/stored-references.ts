import { join } from 'node:path'
import process from 'node:process'
import type { ByteString } from '@snowglobe/shared/bytes'
import type { StoreLayout } from '../store/store-layout'

const query = `
  select target.path from Refs
  join ValidPaths source on source.id = Refs.referrer
  join ValidPaths target on target.id = Refs.reference
  where source.path = ? order by target.path`

/**
 * What paths of a store on disk refer to, as its database says; nothing where there is none that can be
 * read. The database is opened when the first path is asked about: most evaluations do not ask.
 */
export function storedReferences({ state }: StoreLayout): (path: ByteString) => ByteString[] {
  let ask: ((path: ByteString) => ByteString[]) | null = null
  return (path) => {
    ask ??= open(join(state, 'db/db.sqlite'))
    return ask(path)
  }
}

function open(file: string): (path: ByteString) => ByteString[] {
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
    const statement = new DatabaseSync(file, { readOnly: true }).prepare(query)
    return (path) => statement.all(path).map((row) => String(row['path']))
  } catch {
    return () => []
  }
}
