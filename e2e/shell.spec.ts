/** Shells in the sandbox of what the page has built. */
import { expect, test } from '@playwright/test'
import type { Health } from '../shared/src/messages'
import { Playground } from './page'

const built = { timeout: 45_000 }

const program = (script: string) => `
derivation {
  name = "greeter";
  system = builtins.currentSystem;
  builder = "/bin/sh";
  greeting = "good evening";
  args = [ "-c" ''
    ${script}
  '' ];
}
`

test.beforeEach(async ({ request }) => {
  const health = (await (await request.get('/api/health')).json()) as Health
  test.skip(
    !health.sandbox.available || !/launcher in C/.test(health.sandbox.launcher ?? ''),
    'the backend has no terminals: there is no compiler for C',
  )
})

test('what was built runs in the terminal of the page', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(program('echo "echo $greeting to you, $(id -un)" > $out; test -f $out'))
  await playground.button('Build').click()
  await expect(playground.result).toContainText(/\/nix\/store\/[0-9a-z]{32}-greeter/, built)
  await playground.result.getByRole('button', { name: 'Open a shell' }).click()

  const shell = page.getByRole('group', { name: 'Shell in greeter' })
  const keys = page.getByRole('textbox', { name: 'Shell in greeter' })
  await expect(shell).toContainText('~ $')
  await expect(keys).toBeFocused()
  await page.keyboard.type('sh $out\n')
  await expect(shell).toContainText('good evening to you')
  // The keys of a terminal: Tab completes, Ctrl+C interrupts.
  await page.keyboard.type('sleep 100\n')
  await page.keyboard.press('Control+C')
  await page.keyboard.type('echo back again\n')
  await expect(shell).toContainText('back again')

  // F6 is the way out for who has no pointer.
  await page.keyboard.press('F6')
  const close = page.getByRole('button', { name: 'Close the shell' })
  await expect(close).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(shell).toBeHidden()
  await expect(playground.terminal.getByRole('searchbox')).toBeVisible()
})

test('a shell shows what a failed build has left behind, and can be opened again', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 800 })
  const playground = new Playground(page)
  await playground.open(program('echo "so far, so good" > progress; exit 4'))
  await playground.button('Build').click()
  await page.getByRole('button', { name: 'Open a shell where it failed' }).click(built)

  const shell = page.getByRole('group', { name: 'Shell in greeter' })
  await expect(shell).toContainText('~ $')
  await page.keyboard.type('read text < progress; echo "$text"\n')
  await expect(shell).toContainText('so far, so good')
  await page.keyboard.type('exit 3\n')
  await expect(shell).toContainText('the shell ended with exit code 3')
  await shell.getByRole('button', { name: 'Open again' }).click()
  await expect(shell).toContainText('~ $')
  // It fits, and nothing of it makes the page wider than the screen.
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(390)
})
