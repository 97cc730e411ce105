import { effect, signal } from '@preact/signals'
import { readSetting, writeSetting } from './storage'

export type Pane = 'code' | 'result' | 'terminal' | 'problems' | 'lesson' | 'reference'
export type ResultTab = 'value' | 'derivation' | 'outputs' | 'store'
export type Theme = 'system' | 'light' | 'dark'

/** The one pane that a small screen shows. */
export const pane = signal<Pane>('code')
export const resultTab = signal<ResultTab>('value')

/** The places of the splitters, in percent of what they divide. */
export const splits = {
  /** Width of the left column. */
  columns: signal(52),
  /** Height of the editor; Problems has the rest. */
  editor: signal(80),
  /** Height of Result; the terminal has the rest. */
  result: signal(62),
}
export type SplitName = keyof typeof splits
/** Neither side of a splitter gets less than this, in percent. */
export const smallestSplit = 15

export function setSplit(name: SplitName, percent: number): void {
  splits[name].value = Math.min(100 - smallestSplit, Math.max(smallestSplit, percent))
}

export const theme = signal<Theme>('system')
const dark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(dark.matches)
dark.addEventListener('change', () => {
  systemIsDark.value = dark.matches
})

/** Whether the page is dark now, whoever decided it. */
export function isDark(): boolean {
  return theme.value === 'system' ? systemIsDark.value : theme.value === 'dark'
}

export function setTheme(choice: Theme): void {
  theme.value = choice
  writeSetting('theme', choice === 'system' ? null : choice)
}

export const smallScreen = signal(false)

/** Shows a result tab, bringing its pane forward on a small screen. */
export function showResult(tab: ResultTab): void {
  resultTab.value = tab
  pane.value = 'result'
}

/** Takes over what was kept from the last visit, and keeps what changes from now on. */
export function restoreLayout(): void {
  const kept = readSetting('theme')
  theme.value = kept === 'light' || kept === 'dark' ? kept : 'system'
  effect(() => {
    if (theme.value === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = theme.value
  })

  for (const name of Object.keys(splits) as SplitName[]) {
    const percent = Number(readSetting(`split-${name}`) ?? Number.NaN)
    if (Number.isFinite(percent)) setSplit(name, percent)
    effect(() => writeSetting(`split-${name}`, splits[name].value.toFixed(1)))
  }

  const small = matchMedia('(max-width: 720px)')
  smallScreen.value = small.matches
  small.addEventListener('change', () => {
    smallScreen.value = small.matches
  })
}
