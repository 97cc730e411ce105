/** Small settings that must be known before the first paint. Storage may be switched off. */
export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(`snowglobe-${name}`)
  } catch {
    return null
  }
}

/** The settings whose names begin so. */
export function settingNames(prefix: string): string[] {
  const start = `snowglobe-${prefix}`
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(start))
      .map((key) => key.slice('snowglobe-'.length))
  } catch {
    return []
  }
}

/** Keeps a small setting; null forgets it. */
export function writeSetting(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`snowglobe-${name}`)
    else localStorage.setItem(`snowglobe-${name}`, value)
  } catch {
    // Storage is switched off or full: the setting holds until the page is closed.
  }
}
