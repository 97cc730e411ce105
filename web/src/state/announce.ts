import { signal } from '@preact/signals'

/** What a screen reader is told, politely: the one live region's text. */
export const announcement = signal('')

/** Tells people who listen rather than look. Saying the same twice is heard twice. */
export function announce(text: string): void {
  announcement.value = announcement.value === text ? `${text}\u00a0` : text
}

export interface Toast {
  id: number
  text: string
}

export const toasts = signal<Toast[]>([])
const toastMilliseconds = 4000
let lastToast = 0

/** Shows a short note that goes away by itself; it is announced, too. */
export function toast(text: string): void {
  const id = ++lastToast
  toasts.value = [...toasts.value, { id, text }]
  announce(text)
  setTimeout(() => {
    toasts.value = toasts.value.filter((other) => other.id !== id)
  }, toastMilliseconds)
}
