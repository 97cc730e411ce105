import { expect, test, type Page } from '@playwright/test'
import { Playground } from './page'

/** The list of what may be written where the cursor is. */
const suggestions = (page: Page) => page.getByRole('listbox', { name: 'Suggest' })

/** Rests the pointer on the last such word of the code. */
async function hover(page: Page, word: string): Promise<void> {
  await page
    .locator('.view-lines span > span')
    .filter({ hasText: new RegExp(`^\\s*${word}\\s*$`) })
    .last()
    .hover()
}

test('a dot behind `builtins` offers the builtins, and Tab inserts one', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1')
  await playground.write('')
  await page.keyboard.type('builtins.grou')
  const item = suggestions(page).getByRole('option', { name: /^groupBy/ })
  await expect(item).toBeVisible()
  await page.keyboard.press('Tab')
  await expect.poll(() => playground.shownCode()).toBe('builtins.groupBy')
  await expect(playground.result).toContainText('groupBy')
})

test('the attributes of a set are offered, also while the code is not complete', async ({
  page,
}) => {
  const playground = new Playground(page)
  await playground.open('1')
  await playground.write('let snow = { flakes = 7; }; in [ (1 + ')
  await page.keyboard.type('snow.')
  await expect(suggestions(page).getByRole('option', { name: /^flakes/ })).toBeVisible()
})

test('Enter breaks the line where nothing else is offered than what is written', async ({
  page,
}) => {
  const playground = new Playground(page)
  await playground.open('1')
  await playground.write('let flakes = 7; in ')
  await page.keyboard.type('flakes')
  await expect(suggestions(page).getByRole('option', { name: /^flakes/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await page.keyboard.type('+ 1')
  await expect(playground.result).toContainText('8')
})

test('resting on a builtin tells its type and what it does', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('map (x: x + 1) [ 1 2 ]')
  await hover(page, 'map')
  const tooltip = page.getByRole('tooltip')
  await expect(tooltip).toContainText('map : (a -> b) -> [a] -> [b]')
  await expect(tooltip).toContainText('applied to each element')
})

test('resting on a name tells its value and its comment', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let\n  # All there are.\n  flakes = 6 * 7;\nin\n[ flakes ]')
  await hover(page, 'flakes')
  const tooltip = page.getByRole('tooltip')
  await expect(tooltip).toContainText('flakes = 6 * 7')
  await expect(tooltip).toContainText('All there are.')
  await expect(tooltip).toContainText('42')
})

test('F12 goes to where a name is defined, Control+Shift+O to any binding', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let\n  flakes = 6 * 7;\n  globe = { snow = 1; };\nin\nflakes')
  await playground.code.click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('F12')
  // The cursor is now before the name: what is typed shows where.
  await expect.poll(async () => (await cursorLine(page)) ?? '').toBe('2')

  await page.keyboard.press('Control+Shift+O')
  await page.keyboard.type('snow')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await cursorLine(page)) ?? '').toBe('3')
})

/** The number of the line that the cursor is in. */
function cursorLine(page: Page): Promise<string | null> {
  return page.locator('.monaco-editor .line-numbers.active-line-number').textContent()
}

test('a problem says why such errors come about, to who asks', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('[ 1, 2 ]')
  const repair = playground.problems.getByText('[ 1 2 3 ]', { exact: true })
  await expect(repair).toBeHidden()
  await playground.problems.getByText('Why?').first().click()
  await expect(repair).toBeVisible()
  await expect(playground.problems).toContainText('with nothing but space between')
})

test('who comes into the editor by Tab is told how to leave it', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1')
  await page.getByRole('button', { name: 'File actions' }).focus()
  await page.keyboard.press('Tab')
  await expect(playground.code).toBeFocused()
  await expect(page.getByRole('status').filter({ hasText: 'F6 leaves the editor' })).toHaveCount(1)
  await page.keyboard.press('F6')
  await expect(page.getByRole('separator', { name: 'Height of the code' })).toBeFocused()
  await page.keyboard.press('Shift+Tab')
  await expect(playground.code).toBeFocused()
})
