/** The page for those who do not use it with a large light screen and a mouse. */
import { expect, test } from '@playwright/test'
import { Playground } from './page'

test('everything has a name and a role', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await expect(playground.result).toBeVisible()
  await expect(playground.terminal).toBeVisible()
  for (const name of ['Evaluate', 'Build', 'Stop', 'Share'] as const) {
    await expect(playground.button(name)).toBeVisible()
  }
  await expect(page.getByRole('main')).toHaveCount(1)
  await expect(page).toHaveTitle(/Snowglobe/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')

  // No control is without a name, whoever adds it.
  const nameless = await page
    .locator('button:visible, a[href]:visible, select:visible, [role=tab]:visible')
    .evaluateAll((controls) =>
      controls
        .filter((control) => {
          const name = [
            control.getAttribute('aria-label'),
            control.getAttribute('title'),
            control.textContent,
          ]
          const labels = (control as HTMLSelectElement).labels
          return (
            !name.some((text) => text?.trim()) &&
            !labels?.length &&
            !control.hasAttribute('aria-labelledby')
          )
        })
        .map((control) => control.outerHTML.slice(0, 120)),
    )
  expect(nameless).toEqual([])
})

test('the keyboard reaches Evaluate from the top of the page', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1')
  await page.locator('body').click({ position: { x: 1, y: 1 } })
  const evaluate = playground.button('Evaluate')
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    if (await evaluate.evaluate((button) => button === document.activeElement)) return
  }
  throw new Error('Evaluate was not reached with Tab')
})

for (const scheme of ['light', 'dark'] as const) {
  test(`the ${scheme} page can be read`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme })
    const playground = new Playground(page)
    await playground.open('{ a = 1; }')
    await expect(playground.result).toContainText('1')
    const background = await page.evaluate(() => {
      const [red, green, blue] = getComputedStyle(document.body)
        .backgroundColor.match(/[\d.]+/g)!
        .map(Number)
      return (red! + green! + blue!) / 3
    })
    if (scheme === 'light') expect(background).toBeGreaterThan(200)
    else expect(background).toBeLessThan(60)
  })
}

test('on a phone nothing sticks out sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = new Playground(page)
  await playground.open('{ a = 1; }')
  await expect(playground.button('Evaluate')).toBeVisible()
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
})

test('where the system decides all colours, the code can be read', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' })
  const playground = new Playground(page)
  await playground.open('{ a = 1; }')
  const [text, background] = await page.evaluate(() => [
    getComputedStyle(document.querySelector('.monaco-editor .view-line span span')!).color,
    getComputedStyle(document.querySelector('.monaco-editor')!).backgroundColor,
  ])
  expect(text).not.toBe(background)
})

test('at 320 pixels all of the toolbar is there', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const playground = new Playground(page)
  await playground.open('{ a = 1; }')
  const last = (await page.getByRole('button', { name: 'Theme' }).boundingBox())!
  expect(last.x + last.width).toBeLessThanOrEqual(320)
})

test('on a phone the terminal is filled by its rows', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = new Playground(page)
  await playground.open('{ a = 1; }')
  await page.getByRole('navigation', { name: 'Panes' }).getByText('Terminal').click()
  const [rows, whole] = [page.locator('.xterm-scrollable-element'), page.locator('.xterm')]
  await expect(rows).toBeVisible()
  expect((await rows.boundingBox())!.width).toBe((await whole.boundingBox())!.width)
})

test('builds are off while the network is', async ({ page, context }) => {
  const playground = new Playground(page)
  await playground.open()
  await expect(playground.button('Build')).toBeEnabled()
  await expect(page.getByText('Backend ready')).toBeVisible()
  await context.setOffline(true)
  await expect(playground.button('Build')).toBeDisabled()
  await expect(page.getByText('No backend answers')).not.toHaveCount(0)
  await context.setOffline(false)
  await expect(playground.button('Build')).toBeEnabled()
})

test('on a phone the reason against a build can be read to its end', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = new Playground(page)
  await playground.open('1')
  await expect(playground.button('Build')).toBeDisabled()
  await playground.button('Build').hover({ force: true })
  const reason = page.getByRole('tooltip').filter({ hasText: 'only a derivation' })
  await expect(reason).toBeVisible()
  const { x, width } = (await reason.boundingBox())!
  expect(x).toBeGreaterThanOrEqual(0)
  expect(x + width).toBeLessThanOrEqual(390)
})
