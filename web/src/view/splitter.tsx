import { setSplit, smallestSplit, splits, type SplitName } from '../state/layout'

interface Props {
  name: SplitName
  label: string
  /** Of the line itself: a vertical one moves left and right. */
  orientation: 'vertical' | 'horizontal'
}

const step = 2

/** The line between two panes: dragged, moved by the arrow keys, reset by a double click. */
export function Splitter({ name, label, orientation }: Props) {
  const vertical = orientation === 'vertical'
  const initial = { columns: 52, editor: 80, result: 62 }[name]

  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return
    const line = event.currentTarget as HTMLElement
    const box = line.parentElement!.getBoundingClientRect()
    event.preventDefault()
    line.setPointerCapture(event.pointerId)
    line.dataset.dragged = ''
    const move = (moved: PointerEvent) => {
      const part = vertical
        ? (moved.clientX - box.left) / box.width
        : (moved.clientY - box.top) / box.height
      setSplit(name, part * 100)
    }
    const end = () => {
      delete line.dataset.dragged
      line.removeEventListener('pointermove', move)
    }
    line.addEventListener('pointermove', move)
    line.addEventListener('lostpointercapture', end, { once: true })
  }

  const onKeyDown = (event: KeyboardEvent) => {
    const now = splits[name].value
    const to = {
      [vertical ? 'ArrowLeft' : 'ArrowUp']: now - step,
      [vertical ? 'ArrowRight' : 'ArrowDown']: now + step,
      Home: smallestSplit,
      End: 100 - smallestSplit,
    }[event.key]
    if (to === undefined) return
    event.preventDefault()
    setSplit(name, to)
  }

  return (
    <div
      class={`splitter ${orientation}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation}
      aria-valuemin={smallestSplit}
      aria-valuemax={100 - smallestSplit}
      aria-valuenow={Math.round(splits[name].value)}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => setSplit(name, initial)}
    />
  )
}
