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

test('two builds of one thing are compared', async ({ page }) => {
  const playground = await openStore(page)
  const { result } = playground
  await playground.write(program.replace('"snow"', '"thaw"').replace('"poem"', '"poem-2"'))
  await result.getByRole('tab', { name: 'Value' }).click()
  await expect(result).toContainText('poem-2')
  await playground.button('Evaluate').click()
  await result.getByRole('tab', { name: 'Store' }).click()
  await expect(result).toContainText('6 paths')
  await result.getByRole('button', { name: /^poem-2\.drv/ }).click()
  const others = result.getByLabel('What has changed since…')
  await others.selectOption({ label: (await others.locator('optgroup option').innerText()).trim() })
  const changes = result.getByRole('list').filter({ hasText: 'changed' })
  await expect(changes.getByRole('listitem').filter({ hasText: 'line' })).toContainText('changed')
  await expect(changes.getByRole('listitem').filter({ hasText: 'word' })).toContainText('changed')
  await expect(result).toContainText('larger: ')
})

test('contents that are damaged are got again from the builder', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(
    'derivation { name = "precious"; system = "x86_64-linux"; builder = "/bin/sh"; ' +
      'args = [ "-c" "echo gold > $out" ]; }',
  )
  const { result } = playground
  await expect(result).toContainText('precious')
  await playground.button('Build').click()
  await expect(result).toContainText('gold', { timeout: 45_000 })
  await page.evaluate(spoil, 'gold')
  const show = (name: string) => result.getByRole('button', { name, exact: true }).click()
  await result.getByRole('tab', { name: 'Store' }).click()
  await show('Check')
  await show('Check all contents')
  await expect(result).toContainText('is not what it was when it was added')
  await show('Get it again')
  await expect(result).toContainText('It is right again.')
  await show('Check all contents')
  await expect(result).toContainText('All contents are what they were.')
})

test('what cannot be stored is told after the answer, which is shown all the same', async ({
  page,
}) => {
  const playground = new Playground(page)
  await playground.open('1 + 1')
  await expect(playground.result).toContainText('2')
  const browser = await page.context().newCDPSession(page)
  const origin = new URL(page.url()).origin
  await browser.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  await playground.write(program)
  await playground.button('Evaluate').click()
  await expect(playground.result).toContainText('poem')
  await expect(playground.problems).toContainText("browser's storage for this site is full")
  await browser.send('Storage.overrideQuotaForOrigin', { origin })
  await playground.button('Evaluate').click()
  await expect(playground.problems).toContainText('No problems')
  await playground.result.getByRole('tab', { name: 'Store' }).click()
  await expect(playground.result).toContainText('3 paths')
})

/** Changes the pieces of the tab's store that hold a text. */
async function spoil(text: string): Promise<void> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error as DOMException)
    })
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name!))
    if (!database.objectStoreNames.contains('chunks')) continue
    const chunks = database.transaction('chunks', 'readwrite').objectStore('chunks')
    for (const key of await done(chunks.getAllKeys())) {
      const bytes = (await done(chunks.get(key))) as Uint8Array
      const at = new TextDecoder('latin1').decode(bytes).indexOf(`${text}\n`)
      if (at < 0) continue
      bytes[at] = 'l'.charCodeAt(0)
      await done(chunks.put(bytes, key))
    }
    database.close()
  }
}
