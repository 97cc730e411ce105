/**
 * Sorting by a comparison that is made elsewhere: by a function of the program, which may have to wait.
 *
 * This is peeksort (Munro and Wild, "Nearly-Optimal Mergesorts", 2018), which today's Nix sorts with:
 * a stable merge sort that finds runs around the middle. Lists of up to 16 are sorted by insertion.
 * What order it gives under a comparison that is no strict weak order is nowhere written down, but
 * programs have such comparisons (`a: b: a <= b`), so it asks for the same comparisons as Nix does.
 */

/** The question of whether `left` comes before `right`. */
export class Comparison<T> {
  left!: T
  right!: T

  of(left: T, right: T): this {
    this.left = left
    this.right = right
    return this
  }
}

const insertionLimit = 16

/** Sort `[begin, end)`, of which `[begin, leftEnd)` and `[rightBegin, end)` are sorted already. */
interface SortTask {
  begin: number
  end: number
  leftEnd: number
  rightBegin: number
}

/** Merge the sorted `[begin, middle)` and `[middle, end)`. */
interface MergeTask {
  begin: number
  middle: number
  end: number
}

/** Sorts the array in place by a comparison that need not wait. */
export function peekSortAtOnce<T>(items: T[], isLess: (left: T, right: T) => boolean): void {
  peekSort(items, isLess).next()
}

/**
 * Sorts the array in place. Yields comparisons, the same object each time, and is sent the answers; with
 * `isLess` it asks that instead, and yields nothing.
 */
export function* peekSort<T>(
  items: T[],
  isLess: ((left: T, right: T) => boolean) | null = null,
): Generator<Comparison<T>, void, boolean> {
  const comparison = new Comparison<T>()
  const buffer: T[] = []
  const { length } = items
  // What is still to be done, the next task last.
  const tasks: (SortTask | MergeTask)[] = [
    { begin: 0, end: length, leftEnd: 0, rightBegin: length },
  ]
  while (tasks.length > 0) {
    const task = tasks.pop()!
    const { begin, end } = task
    if ('middle' in task) {
      const { middle } = task
      for (let i = begin; i < middle; i++) buffer[i] = items[i]
      let left = begin
      let right = middle
      let output = begin
      while (left < middle && right < end) {
        const rightFirst =
          isLess === null
            ? yield comparison.of(items[right], buffer[left])
            : isLess(items[right], buffer[left])
        items[output++] = rightFirst ? items[right++] : buffer[left++]
      }
      while (left < middle) items[output++] = buffer[left++]
      continue
    }
    const { leftEnd, rightBegin } = task
    if (leftEnd === end || rightBegin === begin) continue
    if (end - begin <= insertionLimit) {
      for (let i = begin + 1; i < end; i++) {
        const item = items[i]
        let place = i
        while (
          place > begin &&
          (isLess === null
            ? yield comparison.of(item, items[place - 1])
            : isLess(item, items[place - 1]))
        ) {
          items[place] = items[place - 1]
          place--
        }
        items[place] = item
      }
      continue
    }
    const middle = begin + ((end - begin) >> 1)
    if (middle <= leftEnd) {
      tasks.push(
        { begin, middle: leftEnd, end },
        { begin: leftEnd, end, leftEnd: leftEnd + 1, rightBegin },
      )
      continue
    }
    if (middle >= rightBegin) {
      tasks.push(
        { begin, middle: rightBegin, end },
        { begin, end: rightBegin, leftEnd, rightBegin: rightBegin - 1 },
      )
      continue
    }
    // The run that goes through the middle: rising, or strictly falling and then reversed.
    const falling =
      isLess === null
        ? yield comparison.of(items[middle], items[middle - 1])
        : isLess(items[middle], items[middle - 1])
    let i = middle - 1
    while (
      i > leftEnd &&
      (isLess === null
        ? yield comparison.of(items[i], items[i - 1])
        : isLess(items[i], items[i - 1])) === falling
    )
      i--
    // The step from middle - 1 to middle is asked again: a function may answer differently.
    let j = middle
    while (
      j < rightBegin &&
      (isLess === null
        ? yield comparison.of(items[j], items[j - 1])
        : isLess(items[j], items[j - 1])) === falling
    )
      j++
    if (falling) reverse(items, i, j)
    if (i === begin && j === end) continue
    if (middle - i < j - middle) {
      tasks.push(
        { begin, middle: i, end },
        { begin: i, end, leftEnd: j, rightBegin },
        { begin, end: i, leftEnd, rightBegin: i - 1 },
      )
    } else {
      tasks.push(
        { begin, middle: j, end },
        { begin: j, end, leftEnd: j + 1, rightBegin },
        { begin, end: j, leftEnd, rightBegin: i },
      )
    }
  }
}

function reverse<T>(items: T[], begin: number, end: number): void {
  for (let i = begin, j = end - 1; i < j; i++, j--) {
    const item = items[i]
    items[i] = items[j]
    items[j] = item
  }
}
