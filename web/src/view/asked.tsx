import type { ComponentChildren } from 'preact'
import type { Asked } from '../state/asked'

interface Props<T> {
  asked: Asked<T> | null
  /** While the answer is on its way. */
  busy: string
  children: (value: T) => ComponentChildren
}

/** Shows something asked of the machine: that it is on its way, why it failed, or what it is. */
export function AskedFor<T>({ asked, busy, children }: Props<T>) {
  if (asked === null) return null
  switch (asked.state) {
    case 'busy':
      return <p class="note busy">{busy}</p>
    case 'failed':
      return <p class="note bad">{asked.why}</p>
    case 'here':
      return <>{children(asked.value)}</>
  }
}
