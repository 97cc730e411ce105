/** What a person has written is kept and can be handed on. */
import { expect, test } from '@playwright/test'
import { Playground } from './page'

test('?code= opens a snippet', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('"100 % Nix & more"')
  await expect(playground.result).toContainText('"100 % Nix & more"')
  expect(await playground.shownCode()).toContain('"100 % Nix & more"')
})

test('Share makes a link that opens the same snippet elsewhere', async ({
  page,
  browser,
  baseURL,
}) => {
  const playground = new Playground(page)
  await playground.open('1')
  await playground.write('"shared: été ☃"')
  await expect(playground.result).toContainText('"shared: été ☃"')
  await playground.button('Share').click()
  await expect(page).toHaveURL(/#s1\./)

  const elsewhere = await browser.newContext({ baseURL })
  const other = new Playground(await elsewhere.newPage())
  await other.page.goto(page.url())
  await expect(other.result).toContainText('"shared: été ☃"')
  expect(await other.shownCode()).toContain('"shared: été ☃"')
  await elsewhere.close()
})

test('a draft survives a reload', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await playground.write('"kept over a reload"')
  await expect(playground.result).toContainText('"kept over a reload"')
  await page.reload()
  await expect(playground.code).toBeVisible()
  await expect(playground.result).toContainText('"kept over a reload"')
})

test('text typed just before the tab is closed is not lost', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await playground.write('"typed at the last moment"')
  await page.reload()
  await expect(playground.result).toContainText('"typed at the last moment"')
})

test('a link does not cost the draft', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await playground.write('"my draft"')
  await expect(playground.result).toContainText('"my draft"')
  await playground.open('"from a link"')
  await expect(playground.result).toContainText('"from a link"')
  await playground.open()
  await expect(playground.result).toContainText('"my draft"')
})

test('two tabs keep a text each', async ({ context }) => {
  const [one, two] = [
    new Playground(await context.newPage()),
    new Playground(await context.newPage()),
  ]
  await one.open('"one"')
  await two.open('"two"')
  await one.write('"one, changed"')
  await two.write('builtins.toFile "two" "changed"')
  await expect(one.result).toContainText('"one, changed"')
  await expect(two.result).toContainText('-two"')
  await one.page.reload()
  await two.page.reload()
  await expect(one.result).toContainText('"one, changed"')
  await expect(two.result).toContainText('-two"')
})

test('a draft of megabytes is there again after a reload, and is not made a link', async ({
  page,
}) => {
  const playground = new Playground(page)
  await playground.open()
  const line = (at: number) => `  a${at} = { value = ${at}; text = "${'long '.repeat(40)}"; };`
  const lines = Array.from({ length: 20_000 }, (_, at) => line(at))
  await playground.paste(`{\n${lines.join('\n')}\n}`)
  await expect(playground.result).toContainText('20000 attributes')
  await playground.button('Share').click()
  await expect(page.getByRole('status').filter({ hasText: 'This cannot be shared' })).toHaveCount(1)
  await page.reload()
  await expect(playground.result).toContainText('20000 attributes')
  await expect.poll(() => playground.shownCode()).toContain('a1 = ')
})
