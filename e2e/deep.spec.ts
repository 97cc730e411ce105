import { expect, test } from '@playwright/test'
import { Playground } from './page'

/**
 * Depth in a browser's worker, which has half a megabyte of native stack: what Node can do says
 * nothing of it.
 */
const nested = "builtins.foldl' (acc: _: [ acc ]) [ ] (builtins.genList (n: n) 100000)"
const million = 'builtins.genList (n: n) 1000000'
const many = (text: (n: number) => string, count: number) =>
  Array.from({ length: count }, (_, n) => text(n))

const programs: [name: string, code: string, value: string][] = [
  [
    'fib 15 at every level of a recursion',
    'let fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);\n' +
      'f = n: if n == 0 then 0 else fib 15 + f (n - 1); in f 2000',
    '1220000',
  ],
  ['200,000 calls', 'let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 199990', '199990'],
  [
    'a chain of 200,000 thunks',
    "(builtins.foldl' (acc: n: { v = acc.v + n; }) { v = 0; } (builtins.genList (n: n) 200000)).v",
    '19999900000',
  ],
  [
    'overlays',
    'let fix = f: let x = f x; in x;\n' +
      'extends = o: f: self: let super = f self; in super // o self super;\n' +
      "layers = builtins.foldl' (f: _: extends (self: super: { x = super.x + 1; }) f) (self: { x = 0; });\n" +
      'in (fix (layers (builtins.genList (n: n) 5000))).x',
    '5000',
  ],
  ['equality of deep lists', `${nested} == ${nested}`, 'true'],
  ['toJSON of a deep list', `builtins.stringLength (builtins.toJSON (${nested}))`, '200002'],
  // Every level is indented: of 100,000 that would be 20 gigabytes.
  [
    'toXML of a deep list',
    `builtins.stringLength (builtins.toXML (${nested.replace('100000', '5000')})) > 40000000`,
    'true',
  ],
  ['deepSeq of a deep list', `builtins.deepSeq (${nested}) "deep"`, '"deep"'],
  ['toString of a deep list', `toString (${nested})`, '""'],
  [
    'sorting deep lists',
    `builtins.length (builtins.sort (a: b: a < b) [ (${nested}) (${nested}) ])`,
    '2',
  ],
  [
    'a million elements',
    `builtins.length (builtins.filter (n: n > 5) (map (n: n + 1) (${million})))`,
    '999995',
  ],
  ['a sum of 50,000 terms', many(() => '1', 50_000).join('+'), '50000'],
  ['10,000 parentheses', `${'('.repeat(10_000)}7${')'.repeat(10_000)}`, '7'],
]

for (const [name, code, value] of programs) {
  test(`${name}: no stack overflows in the tab`, async ({ page }) => {
    const playground = new Playground(page)
    await playground.open('1')
    await expect(page.locator('.monaco-editor .view-lines')).toBeVisible()
    await page.getByRole('button', { name: 'File actions' }).click()
    await page.getByRole('menuitem', { name: /Nix settings/ }).click()
    await playground.write('max-call-depth = 200000\n')
    await page.getByRole('tab', { name: 'default.nix' }).click()
    await playground.paste(code)
    await playground.button('Evaluate').click()
    await expect(playground.button('Stop')).toBeDisabled({ timeout: 60_000 })
    await expect(playground.result.getByRole('treeitem').first()).toContainText(value)
    await expect(playground.problems).not.toContainText('error')
  })
}

test('a call depth of 10,000 is the limit where none was set', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('let f = n: if n == 0 then 0 else 1 + f (n - 1); in f 10001')
  await playground.button('Evaluate').click()
  await expect(playground.problems).toContainText('stack overflow; max-call-depth exceeded')
})
