import type { editor } from 'monaco-editor/editor'
import type { TokenType } from './highlight'

const tokenTypes: TokenType[] = [
  'plain',
  'comment',
  'keyword',
  'constant',
  'builtin',
  'attribute',
  'number',
  'string',
  'escape',
  'path',
  'operator',
]

/** Reads a CSS variable as the colour it is now: variables may hold light-dark() and the like. */
function colourReader(): { read: (variable: string) => string; done: () => void } {
  const probe = document.createElement('span')
  probe.hidden = true
  // Where the system decides all colours, text and background would be the same one.
  probe.style.forcedColorAdjust = 'none'
  document.body.append(probe)
  return {
    read(variable) {
      probe.style.color = `var(${variable})`
      return hexOf(getComputedStyle(probe).color)
    },
    done: () => probe.remove(),
  }
}

/** `#rrggbb` or `#rrggbbaa` of a computed colour like `rgb(1, 2, 3)`. */
function hexOf(colour: string): string {
  const numbers = colour.match(/[\d.]+/g)?.map(Number) ?? []
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers
  const hex = (value: number) => Math.round(value).toString(16).padStart(2, '0')
  return `#${hex(red)}${hex(green)}${hex(blue)}${alpha < 1 ? hex(alpha * 255) : ''}`
}

/** Monaco's theme in the page's colours, whichever they are now. */
export function monacoTheme(dark: boolean): editor.IStandaloneThemeData {
  const { read, done } = colourReader()
  const theme: editor.IStandaloneThemeData = {
    base: dark ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: read('--text').slice(1) },
      ...tokenTypes.map((type) => ({
        token: type,
        foreground: read(`--code-${type}`).slice(1, 7),
        ...(type === 'comment' ? { fontStyle: 'italic' } : {}),
      })),
    ],
    colors: {
      'editor.background': read('--surface'),
      'editor.foreground': read('--text'),
      'editorLineNumber.foreground': read('--text-faint'),
      'editorLineNumber.activeForeground': read('--text-muted'),
      'editor.lineHighlightBackground': read('--code-line'),
      'editor.lineHighlightBorder': '#00000000',
      'editor.selectionBackground': read('--code-selection'),
      'editor.inactiveSelectionBackground': read('--code-selection-inactive'),
      'editorCursor.foreground': read('--accent'),
      'editorIndentGuide.background1': read('--line-soft'),
      'editorIndentGuide.activeBackground1': read('--line'),
      'editorBracketMatch.background': read('--code-selection-inactive'),
      'editorBracketMatch.border': read('--line-strong'),
      'editorWidget.background': read('--raised'),
      'editorWidget.foreground': read('--text'),
      'editorWidget.border': read('--line'),
      'editorHoverWidget.background': read('--raised'),
      'editorHoverWidget.foreground': read('--text'),
      'editorHoverWidget.border': read('--line'),
      'editorSuggestWidget.background': read('--raised'),
      'editorSuggestWidget.foreground': read('--text'),
      'editorSuggestWidget.border': read('--line'),
      'editorSuggestWidget.selectedBackground': read('--code-selection'),
      'editorSuggestWidget.selectedForeground': read('--text'),
      'editorSuggestWidget.selectedIconForeground': read('--text'),
      'editorSuggestWidget.highlightForeground': read('--accent'),
      'editorSuggestWidget.focusHighlightForeground': read('--accent'),
      'quickInput.background': read('--raised'),
      'quickInput.foreground': read('--text'),
      'quickInputList.focusBackground': read('--code-selection'),
      'quickInputList.focusForeground': read('--text'),
      'list.hoverBackground': read('--hover'),
      'list.highlightForeground': read('--accent'),
      'textCodeBlock.background': read('--code-line'),
      'textLink.foreground': read('--accent'),
      'editorError.foreground': read('--bad'),
      'editorWarning.foreground': read('--warn'),
      'editorInfo.foreground': read('--accent'),
      'editorGutter.background': read('--surface'),
      'scrollbarSlider.background': read('--scrollbar'),
      'scrollbarSlider.hoverBackground': read('--scrollbar-strong'),
      'scrollbarSlider.activeBackground': read('--scrollbar-strong'),
      'scrollbar.shadow': '#00000000',
      'input.background': read('--surface'),
      'input.foreground': read('--text'),
      'input.border': read('--line-strong'),
      focusBorder: read('--accent'),
      'editorOverviewRuler.border': '#00000000',
      'menu.background': read('--raised'),
      'menu.foreground': read('--text'),
      'menu.selectionBackground': read('--code-selection'),
      'menu.selectionForeground': read('--text'),
      'menu.border': read('--line'),
    },
  }
  done()
  return theme
}

/** xterm's theme in the page's colours. */
export function terminalTheme(): Record<string, string> {
  const { read, done } = colourReader()
  const theme = {
    background: read('--surface'),
    foreground: read('--text'),
    cursor: read('--surface'),
    cursorAccent: read('--surface'),
    selectionBackground: read('--code-selection'),
    black: read('--terminal-black'),
    red: read('--bad'),
    green: read('--good'),
    yellow: read('--warn'),
    blue: read('--accent'),
    magenta: read('--code-keyword'),
    cyan: read('--code-builtin'),
    white: read('--text-muted'),
    brightBlack: read('--text-muted'),
    brightRed: read('--bad'),
    brightGreen: read('--good'),
    brightYellow: read('--warn'),
    brightBlue: read('--accent'),
    brightMagenta: read('--code-keyword'),
    brightCyan: read('--code-builtin'),
    brightWhite: read('--text'),
  }
  done()
  return theme
}
