/**
 * An object whose methods wait for the real one: a worker can answer messages at once while what it
 * needs is still being loaded. (Messages that come before a worker listens are lost, and modules that
 * await something at their top level let it listen too late.)
 */
export function deferred<T extends object>(loading: Promise<T>): T {
  return new Proxy({} as T, {
    get: (_, name) => {
      // It must not look like a promise itself.
      if (name === 'then') return undefined
      return async (...args: unknown[]) => {
        const object = (await loading) as Record<PropertyKey, unknown>
        const method = object[name]
        if (typeof method !== 'function') throw new TypeError(`there is no ${String(name)}`)
        return (method as (...args: unknown[]) => unknown).apply(object, args)
      }
    },
  })
}
