/** A lesson, from the list to its last check. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Playground } from './page'

const lesson = join(import.meta.dirname, '../tutorials/01-sets-and-laziness')
const solution = readFileSync(join(lesson, 'solution.nix'), 'utf8')
const title = 'Sets, functions and laziness'

test('a lesson is opened, tried, solved, and remembered as solved', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await page.getByRole('button', { name: 'Lessons' }).click()
  await page
    .getByRole('menuitemradio', { name: title })
    .or(page.getByRole('menuitem', { name: title }))
    .click()

  const pane = page.getByRole('region', { name: 'Lesson' })
  await expect(pane.getByRole('heading', { level: 1, name: title })).toBeVisible()
  await expect(playground.result).toContainText('describe')

  // As it starts, every check has a hint.
  const check = pane.getByRole('button', { name: 'Check' })
  await check.click()
  const results = pane.getByRole('group', { name: 'Check' })
  await expect(results).toContainText('describe must be a function')
  await expect(results).toContainText('attributes must be the list')
  await expect(results.locator('code').filter({ hasText: 'describe package' })).toBeVisible()

  await playground.write(solution)
  await playground.result.getByRole('treeitem', { name: /^fullName/ }).click()
  await expect(playground.result).toContainText('"hello-2.12"')
  await check.click()
  await expect(results).toContainText('All checks pass')
  await expect(results).not.toContainText('must be')

  await page.reload()
  await page.getByRole('button', { name: 'Lessons' }).click()
  await expect(page.getByRole('menu')).toContainText('done')
})

test('an answer that fails is told as the error that it is', async ({ page }) => {
  const playground = new Playground(page)
  await page.goto('/?lesson=01-sets-and-laziness')
  await playground.write('{ describe = { name }: name; fullName = 1; attributes = [ ]; }')
  const pane = page.getByRole('region', { name: 'Lesson' })
  await pane.getByRole('button', { name: 'Check' }).click()
  await expect(pane.getByRole('group', { name: 'Check' })).toContainText('unexpected argument')
})

test('leaving a lesson brings back what was there', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open()
  await playground.write('"before the lesson"')
  await expect(playground.result).toContainText('before the lesson')
  await page.getByRole('button', { name: 'Lessons' }).click()
  await page
    .getByRole('menuitemradio', { name: title })
    .or(page.getByRole('menuitem', { name: title }))
    .click()
  await expect(playground.result).toContainText('describe')
  await page.getByRole('button', { name: 'Leave the lesson' }).click()
  await expect(playground.result).toContainText('before the lesson')
})
