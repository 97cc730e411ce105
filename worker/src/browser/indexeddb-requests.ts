/** Several requests of one transaction, answered together. */

/** What is needed of a request, whatever its result is. */
interface Answering {
  readonly result: unknown
  onsuccess: ((event: Event) => void) | null
}

/** Calls back when all requests have their results, in the order of the requests. */
export function gather(requests: readonly Answering[], done: (results: unknown[]) => void): void {
  let open = requests.length
  if (open === 0) return done([])
  for (const request of requests) {
    request.onsuccess = () => {
      if (--open === 0) done(requests.map(({ result }) => result))
    }
  }
}

/** Keys and values of an object store whose keys are outside its values. */
export function readEntries<Value>(
  store: IDBObjectStore,
  done: (entries: [string, Value][]) => void,
): void {
  gather([store.getAllKeys(), store.getAll()], ([keys, values]) => {
    done((keys as string[]).map((key, i) => [key, (values as Value[])[i]]))
  })
}
