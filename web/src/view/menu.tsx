import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'

export interface MenuItem {
  label: string
  detail?: string
  /** Marks the chosen one of several. */
  checked?: boolean
  disabled?: boolean
  run: () => void
}

export interface MenuSection {
  title?: string
  items: MenuItem[]
}

interface Props {
  /** The button's accessible name. */
  label: string
  /** What the button shows. */
  children: ComponentChildren
  sections: MenuSection[]
  class?: string
  title?: string
}

/** A button with a menu, worked by mouse or keyboard as ARIA's menu button is. */
export function Menu({ label, children, sections, class: className = '', title }: Props) {
  const open = useSignal(false)
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const list = useRef<HTMLDivElement>(null)

  const items = () =>
    [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])].filter(
      (item) => item.getAttribute('aria-disabled') !== 'true',
    )

  const close = (focusButton: boolean) => {
    open.value = false
    if (focusButton) button.current?.focus()
  }

  useEffect(() => {
    if (!open.value) return
    const chosen = items().find((item) => item.getAttribute('aria-checked') === 'true')
    ;(chosen ?? items()[0])?.focus()
    const outside = (event: PointerEvent) => {
      const target = event.target as Node
      if (!list.current?.contains(target) && !button.current?.contains(target)) close(false)
    }
    addEventListener('pointerdown', outside)
    return () => removeEventListener('pointerdown', outside)
  }, [open.value])

  const onKeyDown = (event: KeyboardEvent) => {
    const all = items()
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      all[(to + all.length) % all.length]?.focus()
    } else if (event.key === 'Escape') {
      event.preventDefault()
      close(true)
    } else if (event.key === 'Tab') close(false)
    else if (event.key.length === 1 && event.key !== ' ') {
      const first = event.key.toLowerCase()
      const order = [...all.slice(at + 1), ...all.slice(0, at + 1)]
      order.find((item) => item.textContent.trim().toLowerCase().startsWith(first))?.focus()
    }
  }

  return (
    <div class="menu">
      <button
        ref={button}
        type="button"
        class={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open.value}
        aria-controls={open.value ? id : undefined}
        title={title}
        onClick={() => {
          open.value = !open.value
        }}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open.value) return
          event.preventDefault()
          open.value = true
        }}
      >
        {children}
      </button>
      {open.value && (
        <div
          ref={list}
          id={id}
          class="menu-list"
          role="menu"
          aria-label={label}
          onKeyDown={onKeyDown}
        >
          {sections
            .filter((section) => section.items.length > 0)
            .map((section, at) => (
              <div key={at} class="menu-section" role="group" aria-label={section.title}>
                {section.title !== undefined && (
                  <div class="menu-title" aria-hidden="true">
                    {section.title}
                  </div>
                )}
                {section.items.map((item) => (
                  <button
                    key={item.label + (item.detail ?? '')}
                    type="button"
                    class="menu-item"
                    role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                    aria-checked={item.checked}
                    aria-disabled={item.disabled === true}
                    tabIndex={-1}
                    onClick={() => {
                      if (item.disabled === true) return
                      close(true)
                      item.run()
                    }}
                  >
                    <span class="menu-label">{item.label}</span>
                    {item.detail !== undefined && <span class="menu-detail">{item.detail}</span>}
                  </button>
                ))}
              </div>
            ))}
        </div>
      )}
    </div>
  )
}
