import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { describeDuration } from '../state/build-progress'

/** A running clock, or the time something took. */
export function Elapsed({ from, to }: { from: number; to: number | null }) {
  const now = useSignal(Date.now())
  useEffect(() => {
    if (to !== null) return
    const timer = setInterval(() => {
      now.value = Date.now()
    }, 200)
    return () => clearInterval(timer)
  }, [to])
  return <span class="elapsed">{describeDuration(Math.max(0, (to ?? now.value) - from))}</span>
}
