/** The plan of a build: what it takes, and why. */
import { expect, test } from '@playwright/test'
import { Playground } from './page'

const overlay = `
let
  patched = final: prev: {
    zlib = prev.zlib.overrideAttrs (previous: {
      patches = [ (builtins.toFile "fix.patch" "") ];
    });
  };
in
(import <nixpkgs> { overlays = [ patched ]; }).libpng
`

test('an overlay changes a package and what depends on it: the plan says which, and why', async ({
  page,
}) => {
  const playground = new Playground(page)
  await playground.open(overlay)
  await expect(playground.result).toContainText('«derivation')
  await page.getByRole('tab', { name: 'Outputs' }).click()
  await page.getByRole('button', { name: 'Show the plan' }).click()

  const zlib = page.getByRole('listitem').filter({ hasText: /^zlib-/ })
  const libpng = page.getByRole('listitem').filter({ hasText: /^libpng-/ })
  await expect(zlib).toContainText('its patches differ from the channel’s')
  await expect(libpng).toContainText(/its input zlib-[\d.]+ changed/)
  await expect(playground.result).toContainText(/\d+ to build, \d+ to fetch/)
  await expect(playground.result).toContainText(/\d+ more to build, as the channel has them/)
  await expect(page.getByText('differ from the channel’s')).toHaveCount(1)
  await zlib.getByText('its patches differ').click()
  await expect(zlib).toContainText('fix.patch')
})

test('what was built before is what the next build is compared with', async ({ page }) => {
  const playground = new Playground(page)
  const make = (word: string) =>
    'derivation { name = "word"; system = "x86_64-linux"; builder = "/bin/sh"; ' +
    `word = "${word}"; args = [ "-c" "echo $word > $out" ]; }`
  await playground.open(make('snow'))
  await playground.button('Build').click()
  await expect(playground.result).toContainText('1 output in the store', { timeout: 45_000 })

  await playground.write(make('ice'))
  await expect(playground.button('Build')).toBeEnabled()
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(playground.result).toContainText('1 to build')
  await page.getByText('its word changed since the last build').click()
  await expect(playground.result).toContainText(/without snow\s*with ice/)

  await playground.button('Build').click()
  await expect(playground.result).toContainText('1 output in the store', { timeout: 45_000 })
  await expect(playground.result).toContainText('its word changed since the last build')
  await page.getByRole('button', { name: 'Show the plan' }).click()
  await expect(playground.result).toContainText('Nothing to build: all is there already')
})
