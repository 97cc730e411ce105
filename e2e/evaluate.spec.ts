import { expect, test } from '@playwright/test'
import { Playground } from './page'

/** Ten thousand million additions: as good as endless, and neither deep nor large. */
const endless = `
let
  numbers = builtins.genList (n: n) 100000;
  sum = builtins.foldl' (a: b: a + b);
in
builtins.foldl' (total: n: sum total numbers) 0 numbers
`

test('the value changes as you type', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1 + 2')
  await expect(playground.result).toContainText('3')
  await playground.write('"snow" + "globe"')
  await expect(playground.result).toContainText('"snowglobe"')
})

test('Control+Enter evaluates, too', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('builtins.length (builtins.genList (n: n) 1000)')
  await playground.code.focus()
  await page.keyboard.press('Control+Enter')
  await expect(playground.result).toContainText('1000')
})

test('a set is a tree that evaluates what is opened, and no more', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('{ numbers = map (n: n * n) [ 7 8 ]; broken = throw "asked for"; }')
  const tree = playground.result.getByRole('tree')
  await expect(tree).toBeVisible()
  await expect(playground.result).not.toContainText('asked for')

  const numbers = tree.getByRole('treeitem', { name: /numbers/ })
  await numbers.click()
  await tree.getByRole('treeitem', { name: /^0 =/ }).click()
  await expect(tree).toContainText('49')
  // The other element is as lazy as it was.
  await expect(tree.getByRole('treeitem', { name: /^1 =/ })).toContainText('«thunk»')
  await expect(playground.result).not.toContainText('asked for')

  await tree.getByRole('treeitem', { name: /broken/ }).click()
  await expect(playground.result).toContainText('asked for')
})

test('all that is in sight is computed, now and later, if one wants it', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('{ broken = throw "no"; traced = builtins.trace "seen" (1 + 1); }')
  const all = playground.result.getByRole('button', { name: 'Compute all' })
  await all.click()
  await expect(all).toHaveAttribute('aria-pressed', 'true')
  const tree = playground.result.getByRole('tree')
  await expect(tree.getByRole('treeitem', { name: /broken/ })).toContainText('no')
  await expect(playground.problems).toContainText('seen')

  await playground.write('{ doubled = map (n: n + n) [ 21 ]; }')
  await expect(tree).toContainText('42')
  await page.reload()
  await expect(tree).toContainText('42')
  // What is short is shown on one line.
  await expect(tree.getByRole('treeitem', { name: /doubled/ })).toContainText('[ 42 ]')
})

test('deep recursion works in the tab', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 9000')
  await playground.button('Evaluate').click()
  await expect(playground.result).toContainText('9000')
})

test('an infinite recursion is called by its name', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let x = x; in x')
  await expect(playground.problems).toContainText('infinite recursion encountered')
})

test('a syntax error shows its line, its column and a caret', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('{\n  a = 1;\n  b = = 2;\n}')
  await expect(playground.problems).toContainText('syntax error')
  await expect(playground.problems).toContainText(':3:7')

  // The whole message, as a terminal would show it.
  const message = playground.result.getByText('3|   b = = 2;')
  await expect(message).toBeVisible()
  await expect(message).toHaveText(/^ +\| +\^$/m)
})

test('a recursion without end is told, not waited for', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let f = x: f x; in f 1')
  await expect(playground.problems).toContainText('stack overflow; max-call-depth exceeded')
})

test('an empty file is no error to begin with', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1')
  await expect(playground.result).toContainText('1')
  await playground.write(' ')
  await expect(playground.result).toContainText('Nothing to evaluate yet.')
  await playground.write('"begun"')
  await expect(playground.result).toContainText('"begun"')
})

test('an error is underlined in the editor', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let a = 1; in a + nowhere')
  await expect(playground.problems).toContainText("undefined variable 'nowhere'")
  await expect(page.locator('.monaco-editor .squiggly-error').first()).toBeVisible()
})

test('Stop ends an endless evaluation, and the next one answers at once', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(endless)
  await expect(playground.result).toContainText('longer than is spent while you type')
  await playground.button('Evaluate').click()
  const stop = playground.button('Stop')
  await expect(stop).toBeEnabled()
  await expect(playground.result).toContainText('Evaluating…')
  await expect(playground.result).not.toContainText('while you type')

  // The page stays responsive while the evaluator is busy: frames keep coming.
  const frames = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const end = performance.now() + 1000
        let count = 0
        const frame = () =>
          performance.now() < end ? (count++, requestAnimationFrame(frame)) : resolve(count)
        frame()
      }),
  )
  expect(frames).toBeGreaterThan(10)

  await stop.click()
  await expect(stop).toBeDisabled()
  await playground.write('6 * 7')
  await expect(playground.result).toContainText('42')
})

test('an endless expression does not hold up typing', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('1')
  await playground.write(endless)
  await playground.write('"after"')
  await expect(playground.result).toContainText('"after"')
})

test('an experimental feature is enabled where it is missed', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('[ 3 1 2 ] |> builtins.length')
  await playground.problems.getByRole('button', { name: /Enable pipe-operators/ }).click()
  await expect(page.getByRole('tab', { name: 'nix.conf' })).toBeVisible()
  await expect(playground.result.getByRole('treeitem').first()).toContainText('3')
})
