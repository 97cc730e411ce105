import { execFileSync } from 'node:child_process'
import { expect, test, type Page } from '@playwright/test'
import { encodeSnippet, type Snippet } from '../shared/src/snippet'
import { Playground } from './page'

const version = '(import <nixpkgs> { }).lib.version'

const chooser = (page: Page) => page.getByRole('button', { name: 'Channel', exact: true })

async function choose(page: Page, name: string | RegExp): Promise<void> {
  await chooser(page).click()
  await page.getByRole('menuitemradio', { name }).click()
}

/** Opens a link to a snippet with a channel. */
async function openLink(page: Page, text: string, channel: Partial<Snippet>): Promise<void> {
  const snippet: Snippet = {
    name: 'snippet',
    files: [{ path: 'default.nix', text }],
    entry: 'default.nix',
    system: 'x86_64-linux',
    channel: 'none',
    ...channel,
  }
  await page.goto(`/#${encodeSnippet(snippet)}`)
}

test('a channel that was chosen is what <nixpkgs> means, also after a reload', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(version)
  await choose(page, 'Nothing')
  await expect(playground.problems).toContainText("'nixpkgs' was not found")
  await choose(page, /^small/)
  await expect(chooser(page)).toHaveText('small')
  await expect(playground.result).toContainText('"1.0"')
  await expect(playground.problems).toContainText('No problems.')

  await page.reload()
  await expect(chooser(page)).toHaveText('small')
  await expect(playground.result).toContainText('"1.0"')
  await chooser(page).click()
  await expect(page.getByRole('menuitemradio', { name: /^small/ })).toContainText(
    'kept in this browser',
  )
  await page.keyboard.press('Escape')
  await choose(page, 'Nothing')
  await expect(playground.problems).toContainText("'nixpkgs' was not found")
})

test('a link remembers which tree its channel was', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const playground = new Playground(page)
  await playground.open(version)
  await choose(page, /^small/)
  await expect(playground.result).toContainText('"1.0"')
  await playground.button('Share').click()
  await expect(page).toHaveURL(/#s1\./)
  const link = page.url()
  await page.goto('about:blank')
  await page.goto(link)
  await expect(chooser(page)).toHaveText('small')
  await expect(playground.result).toContainText('"1.0"')
  await expect(playground.problems).toContainText('No problems.')
})

test('a link to another tree says so, and a choice settles it', async ({ page }) => {
  const playground = new Playground(page)
  const channelPath = `/nix/store/${'0'.repeat(32)}-source`
  await openLink(page, version, { channel: 'small', channelPath })
  await expect(playground.result).toContainText('"1.0"')
  await expect(playground.problems).toContainText('<nixpkgs> is not what this was written with')
  await choose(page, /^small/)
  await expect(playground.problems).toContainText('No problems.')
})

test('a channel that is not here is missed by name', async ({ page }) => {
  const playground = new Playground(page)
  await openLink(page, version, { channel: 'unstable' })
  await expect(playground.result).toContainText("there is no channel 'unstable' here")
  await expect(chooser(page)).toHaveAttribute('title', /unstable is not here/)
  await choose(page, /^small/)
  await expect(playground.result).toContainText('"1.0"')
})

test('what is typed while a channel comes is answered, and what needs it once it is here', async ({
  page,
  context,
}) => {
  const mayCome = Promise.withResolvers<void>()
  await context.route('**/*.pack', async (route) => {
    await mayCome.promise
    await route.continue()
  })
  const playground = new Playground(page)
  await playground.open('1')
  await choose(page, /^small/)
  await playground.write(version)
  await expect(chooser(page)).toHaveText(/small.*%/)
  await playground.write('40 + 2')
  await expect(playground.result).toContainText('42')
  await playground.write(version)
  mayCome.resolve()
  await expect(playground.result).toContainText('"1.0"')
  await expect(playground.problems).toContainText('No problems.')
})

test('a derivation of a channel is instantiated and opened', async ({ page }) => {
  const playground = new Playground(page)
  await openLink(page, '(import <nixpkgs> { }).hello', { channel: 'small' })
  await playground.button('Evaluate').click()
  await expect(playground.result).toContainText('hello-1.0')
  await playground.result.getByRole('tab', { name: 'Store' }).click()
  await expect(playground.result).toContainText('hello-1.0.drv')
})

const nixpkgs = process.env.SNOWGLOBE_TEST_NIXPKGS

const nixos = `{
  configuration = { fileSystems."/".device = "/dev/sda1"; boot.loader.grub.device = "/dev/sda"; };
  system = "x86_64-linux";
}`

for (const [what, expression] of [
  ['hello', '(import nixpkgs { system = "x86_64-linux"; }).hello.drvPath'],
  ['firefox', '(import nixpkgs { system = "x86_64-linux"; }).firefox.drvPath'],
  ['a NixOS system', `(import (nixpkgs + "/nixos") ${nixos}).system.drvPath`],
] as const) {
  test(`${what} of real nixpkgs has the derivation that real Nix gives it`, async ({ page }) => {
    test.skip(nixpkgs === undefined, 'SNOWGLOBE_TEST_NIXPKGS names no nixpkgs tree')
    test.setTimeout(300_000)
    const real = `let nixpkgs = ${nixpkgs!}; in ${expression}`
    const drvPath = execFileSync('nix-instantiate', ['--eval', '--readonly-mode', '-E', real], {
      encoding: 'utf8',
      env: { ...process.env, NIX_PATH: '' },
    }).trim()
    expect(drvPath).toMatch(/^"\/nix\/store\/.*\.drv"$/)

    const playground = new Playground(page)
    await playground.open(`let nixpkgs = <nixpkgs>; in ${expression}`)
    await choose(page, /^nixpkgs/)
    await expect(chooser(page)).toHaveText(/^nixpkgs[^%]*$/, { timeout: 60_000 })
    await playground.button('Evaluate').click()
    await expect(playground.result).toContainText(drvPath, { timeout: 240_000 })
  })
}
