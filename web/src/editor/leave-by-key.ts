import { toast } from '../state/announce'

const focusable = 'a[href], button, input, select, [tabindex="0"]'

/**
 * Lets F6 leave what keeps Tab for itself, for what comes after it, as it leaves a shell. Who comes by Tab is told.
 */
export function leaveByKey(element: HTMLElement): void {
  let pressedHere = false
  element.addEventListener(
    'keydown',
    (event) => {
      pressedHere = true
      if (event.key !== 'F6') return
      event.preventDefault()
      event.stopPropagation()
      focusAfter(element)
    },
    { capture: true },
  )
  element.addEventListener(
    'keyup',
    ({ key }) => {
      if (key === 'Tab' && !pressedHere) toast('Tab writes spaces here; F6 leaves the editor.')
      pressedHere = false
    },
    { capture: true },
  )
}

/** Focuses what Tab would, if it left; from the end of the page, what is first. */
function focusAfter(element: HTMLElement): void {
  const others = [...document.querySelectorAll<HTMLElement>(focusable)].filter(
    (other) => !element.contains(other) && other.getClientRects().length > 0,
  )
  const follows = (other: HTMLElement) =>
    (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  ;(others.find(follows) ?? others[0])?.focus()
}
