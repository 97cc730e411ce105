/** The middle of several measurements: single ones are disturbed by whatever else the machine does. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

/** Takes a measurement several times, one after the other, and gives the middle one. */
export async function medianOf(times, measure) {
  const values = []
  for (let i = 0; i < times; i++) values.push(await measure())
  return median(values)
}
