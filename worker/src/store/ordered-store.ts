import type { Store, StoreEntry } from './store'

/**
 * A store of which whatever is asked is answered after all that was added before, whether or not who
 * added it has waited: a result may then be told while what belongs to it is still being added. What
 * could not be added is told to who added it alone; for all others it is not there.
 */
export function orderedStore(store: Store): Store {
  /** Ends with the last addition under way, whatever comes of it. */
  let additions: Promise<void> | null = null

  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    return additions === null ? work() : additions.then(work)
  }

  const add = (entries: readonly StoreEntry[]): Promise<void> => {
    const added = inOrder(() => store.add(entries))
    const end = () => {
      if (additions === ended) additions = null
    }
    const ended = added.then(end, end)
    additions = ended
    return added
  }

  // Of every method, so that none that a store may get can be forgotten.
  return new Proxy(store, {
    get(target, name) {
      if (name === 'add') return add
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        return inOrder(() => Reflect.apply(member, target, args) as Promise<unknown>)
      }
    },
  })
}
