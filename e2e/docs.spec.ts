/** The Reference: looking something up, trying it, and coming back. */
import { expect, test, type Locator, type Page } from '@playwright/test'
import { Playground } from './page'

class Reference {
  readonly pane: Locator
  readonly search: Locator
  readonly results: Locator
  readonly chosen: Locator
  readonly heading: Locator

  constructor(readonly page: Page) {
    this.pane = page.getByRole('region', { name: 'Reference' })
    this.search = this.pane.getByRole('combobox', { name: 'Search the Reference' })
    this.results = this.pane.getByRole('option')
    this.chosen = this.pane.getByRole('option', { selected: true })
    this.heading = this.pane.getByRole('heading', { level: 1 })
  }
}

test('something is looked up, tried and left by the keyboard alone', async ({ page }) => {
  const playground = new Playground(page)
  const reference = new Reference(page)
  await playground.open('{ mine = 1; }')
  await playground.code.click()
  await page.keyboard.press('Control+k')
  await expect(reference.search).toBeFocused()
  await expect(reference.results.first()).toBeVisible()

  await page.keyboard.type('lists.la')
  await expect(reference.chosen).toContainText('lib.lists.last')
  await page.keyboard.press('ArrowDown')
  await expect(reference.chosen).not.toContainText('lib.lists.last')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await expect(reference.heading).toHaveText('lib.lists.last')
  await expect(reference.pane).toContainText('[a] -> a')
  await expect(page).toHaveURL(/#docs=lib\.lists\.last$/)

  const tryIt = reference.pane.getByRole('button', { name: 'Try it' }).first()
  for (let presses = 0; presses < 10; presses++) {
    await page.keyboard.press('Tab')
    if (await tryIt.evaluate((button) => button === document.activeElement)) break
  }
  await page.keyboard.press('Enter')
  await expect.poll(() => playground.shownCode()).toContain('lib = import <nixpkgs/lib>;')
  await expect(playground.result.getByRole('treeitem').first()).toHaveText('3')
  // What was there is one click away.
  await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible()

  await reference.heading.press('Escape')
  await expect(reference.search).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(reference.pane).toHaveCount(0)
})

test('a link opens an entry, and going back and forth leaves the workspace alone', async ({
  page,
}) => {
  const playground = new Playground(page)
  const reference = new Reference(page)
  await playground.open('"mine"')
  await playground.button('Share').click()
  await expect(page).toHaveURL(/#s\d+\./)
  const snippet = new URL(page.url()).hash
  await page.getByRole('button', { name: 'Reference' }).click()
  await reference.search.fill('builtins.head')
  await reference.results.first().click()
  await expect(page).toHaveURL(`/${snippet}&docs=builtins.head`)

  await playground.write('"changed"')
  await expect(page).toHaveURL('/#docs=builtins.head')
  await page.goBack()
  await expect(reference.results.first()).toBeVisible()
  await page.goBack()
  await expect(reference.pane).toHaveCount(0)
  await expect.poll(() => playground.shownCode()).toContain('changed')
  await page.goForward()
  await page.goForward()
  await expect(reference.heading).toHaveText('builtins.head')
  await expect.poll(() => playground.shownCode()).toContain('changed')

  await page.goto(`/${snippet}&docs=pkgs.hello`)
  await page.reload()
  await expect(reference.heading).toHaveText('pkgs.hello')
  await expect.poll(() => playground.shownCode()).toContain('mine')
})

test('a lesson and the Reference are open side by side', async ({ page }) => {
  const playground = new Playground(page)
  const reference = new Reference(page)
  await page.goto('/?lesson=01-sets-and-laziness#docs=builtins.attrNames')
  await expect(playground.code).toBeVisible()
  await expect(page.getByRole('region', { name: 'Lesson' })).toBeVisible()
  await expect(reference.heading).toHaveText('builtins.attrNames')
  await expect(page).toHaveURL('/?lesson=01-sets-and-laziness#docs=builtins.attrNames')
  await page.getByRole('button', { name: 'Leave the lesson' }).click()
  await expect(page).toHaveURL('/#docs=builtins.attrNames')
  await expect(reference.heading).toBeVisible()
})

test('on a phone a lesson leaves the Reference the whole screen', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const reference = new Reference(page)
  await page.goto('/?lesson=01-sets-and-laziness#docs=builtins.attrNames')
  await expect(reference.heading).toHaveText('builtins.attrNames')
  expect((await reference.pane.boundingBox())!.width).toBeGreaterThan(370)
})

test('a package is told of, its source read, and its name inserted', async ({ page }) => {
  const playground = new Playground(page)
  const reference = new Reference(page)
  await page.goto('/?code=1#docs=pkgs.zlib')
  await expect(playground.code).toBeVisible()
  await expect(reference.heading).toHaveText('pkgs.zlib')
  for (const told of [/1\.\d/, 'zlib License', 'x86_64-linux', 'zlib.net']) {
    await expect(reference.pane).toContainText(told)
  }
  await reference.pane.getByRole('button', { name: /Show source/ }).click()
  await expect(reference.pane.getByLabel('pkgs/packages/zlib/package.nix')).toContainText(
    'pname = "zlib"',
  )
  await reference.pane.getByRole('button', { name: 'Insert' }).click()
  await expect.poll(() => playground.shownCode()).toContain('pkgs.zlib')
  await reference.pane.getByRole('button', { name: 'Evaluate' }).click()
  await expect(playground.result).toContainText(
    /«derivation \/nix\/store\/\w{32}-zlib-[\d.]+\.drv»/,
  )
})

test('what is not there is said, and what cannot be loaded is asked for again', async ({
  page,
}) => {
  const reference = new Reference(page)
  const data = '**/starter-documentation.json'
  await page.route(data, (route) => route.abort())
  await page.goto('/#docs=pkgs.nothing-like-it')
  await expect(reference.pane.getByRole('alert')).toContainText('could not be loaded')
  await page.unroute(data)
  await reference.pane.getByRole('button', { name: 'Try again' }).click()
  await expect(reference.pane).toContainText('There is no “pkgs.nothing-like-it” here.')
  await reference.pane.getByRole('button', { name: 'Show all there is' }).click()
  await reference.search.fill('qqqq')
  await expect(reference.pane).toContainText('Nothing is called “qqqq”.')
  await reference.search.fill('lossless compress')
  await expect(reference.results.first()).toContainText('pkgs.')
})

test('on a phone the Reference is a pane of its own', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = new Playground(page)
  const reference = new Reference(page)
  await playground.open('1')
  await page.getByRole('navigation', { name: 'Panes' }).getByText('Reference').click()
  await reference.search.fill('concatStringsSep')
  await reference.results.first().click()
  await expect(reference.heading).toHaveText('builtins.concatStringsSep')
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await reference.pane.getByRole('button', { name: 'Try it' }).click()
  await expect(playground.result).toContainText('"')
  await expect(reference.pane).toBeHidden()
})

test('the editor tells of lib and packages, and leads into the Reference', async ({ page }) => {
  const playground = new Playground(page)
  const reference = new Reference(page)
  await playground.open('{ lib, hello }:\nlib.lists.last [ hello ]')
  const hover = page.locator('.monaco-hover:visible')
  const word = async (text: string) => {
    const place = await page.locator('.view-lines').evaluate((lines, wanted) => {
      const walker = document.createTreeWalker(lines, NodeFilter.SHOW_TEXT)
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = (node as Text).data.lastIndexOf(wanted)
        if (at < 0) continue
        const range = document.createRange()
        range.setStart(node, at)
        range.setEnd(node, at + wanted.length)
        const { x, y, width, height } = range.getBoundingClientRect()
        return { x: x + width / 2, y: y + height / 2 }
      }
      throw new Error(`${wanted} is not in the editor`)
    }, text)
    await page.mouse.move(place.x, place.y)
    await page.mouse.move(place.x + 1, place.y)
  }
  await word('last')
  await expect(hover).toContainText('lib.lists.last : [a] -> a')
  await hover.getByRole('link', { name: 'More in the Reference' }).click()
  await expect(reference.heading).toHaveText('lib.lists.last')
  await reference.heading.press('Escape')
  await page.keyboard.press('Escape')

  await playground.code.press('Control+End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Shift+F1')
  await expect(reference.heading).toHaveText('pkgs.hello')
  await reference.heading.press('Escape')
  await page.keyboard.press('Escape')

  await playground.write('{ pkgs }: pkgs.hell')
  await page.keyboard.press('Control+Space')
  const offered = page.locator('.suggest-widget .monaco-list-row').first()
  await expect(offered).toContainText('hello')
  await expect(offered).toContainText(/\d\.\d/)
})
