import { evaluation, machineFailure } from './evaluation'

/** What can wait does not wait longer than this, in milliseconds. */
const patience = 250

/**
 * Settles once the first answer can be seen, or after a moment if that takes long. What the first
 * evaluation does not need is loaded and asked for afterwards.
 */
export const firstAnswer = new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, patience)
  const unsubscribe = evaluation.subscribe((answer) => {
    if (answer === null && machineFailure.value === null) return
    queueMicrotask(() => unsubscribe())
    clearTimeout(timer)
    // A frame is drawn after this callback: the next task finds the answer on the screen. Tabs in the
    // background draw none.
    const frame = requestAnimationFrame(() => setTimeout(resolve))
    setTimeout(() => {
      cancelAnimationFrame(frame)
      resolve()
    }, patience)
  })
})
