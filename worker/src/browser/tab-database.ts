import { StoreDatabase } from './database'

/**
 * The database of this tab's store, or null where the browser has none. A module of its own, to be
 * imported early: it opens while the rest of the worker is still being started.
 */
export const database = typeof indexedDB === 'undefined' ? null : new StoreDatabase(indexedDB)

/** Whether the browser lets this site keep data in it. */
export const databaseIsUsable = database === null ? Promise.resolve(false) : database.isUsable()
