import { startPage } from './page-server.mjs'
import { medianOf } from './statistics.mjs'

const { address, browser, close } = await startPage()
export { close }

/** Milliseconds in which a new window has loaded what Chromium itself shows in it. */
const settling = 1200

/** Seconds from navigation until the page shows something, in a browser that has never seen it. */
function secondsUntil(code, selector, text) {
  return medianOf(5, async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.waitForTimeout(settling)
    await page.addInitScript(
      ([selector, text]) => {
        const look = () => {
          const element = document.querySelector(selector)
          if (element?.textContent.includes(text)) globalThis.shownAt = performance.now()
          else requestAnimationFrame(look)
        }
        look()
      },
      [selector, text],
    )
    await page.goto(`${address}/?code=${encodeURIComponent(code)}`)
    const shownAt = await (await page.waitForFunction(() => globalThis.shownAt)).jsonValue()
    await context.close()
    return shownAt / 1000
  })
}

/** As good as endless. */
const endless =
  "let l = builtins.genList (n: n) 100000; in builtins.foldl' (t: n: builtins.foldl' (a: b: a + b) t l) 0 l"

/** Seconds from Stop on an endless evaluation, with Evaluate a frame later, to the next value. */
function secondsFromStop() {
  return medianOf(5, async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${address}/?code=${encodeURIComponent(endless)}`)
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
    await page.getByRole('textbox', { name: 'Nix code' }).focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.insertText('4200 + 42')
    await page.waitForTimeout(1500)
    const seconds = await page.evaluate(async () => {
      const result = document.querySelector('[aria-label="Result"]')
      const buttonNamed = (name) =>
        [...document.querySelectorAll('button')].find(({ textContent }) => name.test(textContent))
      const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const stoppedAt = performance.now()
      buttonNamed(/^Stop/).click()
      await nextFrame()
      buttonNamed(/^Evaluate/).click()
      while (!result.textContent.includes('4242')) await nextFrame()
      return (performance.now() - stoppedAt) / 1000
    })
    await context.close()
    return seconds
  })
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  {
    name: 'first evaluation, from navigation',
    target: 0.3,
    unit: 's',
    measure: () => secondsUntil('4200 + 42', '[aria-label="Result"]', '4242'),
  },
  {
    name: 'editor, from navigation',
    target: 1,
    unit: 's',
    measure: () => secondsUntil('4200 + 42', '.monaco-editor .view-lines', '42'),
  },
  {
    name: 'Stop and Evaluate: the answer',
    target: 0.1,
    unit: 's',
    measure: secondsFromStop,
  },
]
