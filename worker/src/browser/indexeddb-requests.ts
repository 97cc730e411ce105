/** Several requests of one transaction, answered together. */
import type { ByteString } from '@snowglobe/shared/bytes'

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

/** Which of these keys are there. */
export function whichExist(
  store: IDBObjectStore,
  wanted: readonly ByteString[],
  done: (existing: Set<ByteString>) => void,
): void {
  const existing = new Set<ByteString>()
  let open = wanted.length
  if (open === 0) {
    done(existing)
    return
  }
  for (const path of wanted) {
    const request = store.getKey(path)
    request.onsuccess = () => {
      if (request.result !== undefined) existing.add(path)
      if (--open === 0) done(existing)
    }
  }
}
