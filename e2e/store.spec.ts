/** The store of the tab: what is in it, what keeps it, and what can go. */
import { expect, test, type Page } from '@playwright/test'
import { Playground } from './page'

const program = `let
  word = builtins.toFile "word" "snow";
  line = builtins.toFile "line" "it is \${word}, and again \${word}";
in derivation { name = "poem"; system = "x86_64-linux"; builder = "/bin/sh"; inherit line; }`

async function openStore(page: Page): Promise<Playground> {
  const playground = new Playground(page)
  await playground.open(program)
  await expect(playground.result).toContainText('poem')
  await playground.button('Evaluate').click()
  await playground.result.getByRole('tab', { name: 'Store' }).click()
  await expect(playground.result).toContainText('3 paths')
  return playground
}

test('a path tells what it needs, who needs it, and why', async ({ page }) => {
  const { result } = await openStore(page)
  await result.getByRole('button', { name: /^poem\.drv/ }).click()
  await expect(result).toContainText('with all it refers to (3 paths)')
  await expect(result).toContainText('nothing: garbage collection deletes it')
  await result.getByLabel('Why does it depend on…').selectOption({ label: 'word' })
  await expect(result).toContainText('and again /nix/store/')
  await expect(result).toContainText('byte 17')
  await result.getByRole('button', { name: 'All paths' }).click()
  await expect(result).toContainText('3 paths')
})

test('garbage is shown before it is deleted, and what is kept stays', async ({ page }) => {
  const playground = await openStore(page)
  const { result } = playground
  const show = (name: string) => result.getByRole('button', { name, exact: true }).click()
  await result.getByRole('button', { name: /^line/ }).click()
  await show('Keep')
  await expect(result.getByRole('button', { name: 'Let go' })).toBeVisible()
  await show('Roots')
  await expect(result).toContainText('you (line)')
  await show('Garbage')
  await expect(result).toContainText('No root keeps 1 path')
  await expect(result).toContainText('2 paths will stay')
  await show('Collect garbage')
  await expect(result).toContainText('1 path deleted')

  // What is kept is still there after a reload; Evaluate brings back what is gone.
  await page.reload()
  await result.getByRole('tab', { name: 'Store' }).click()
  await expect(result).toContainText('2 paths')
  await playground.button('Evaluate').click()
  await show('Garbage')
  await expect(async () => {
    await show('Look again')
    await expect(result).toContainText('No root keeps 1 path', { timeout: 500 })
  }).toPass()
  await show('Roots')
  await result.getByRole('button', { name: /^Remove the root/ }).click()
  await expect(result).toContainText('There is no root')
  await show('Check')
  await show('Check all contents')
  await expect(result).toContainText('All contents are what they were.')
})
