/** A size as Nix prints it, like `1.5 KiB`. */
export function formatSize(bytes: number): string {
  let [size, unit] = [bytes / 1024, 0]
  for (; Math.abs(size) > 1024 && unit < units.length - 1; unit++) size /= 1024
  return `${size.toFixed(1)} ${units[unit]}iB`
}

const units = 'KMGTP'
