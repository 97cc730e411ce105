/** Evaluation that reads what a derivation gives: it is built, and evaluation goes on. */
import { expect, test } from '@playwright/test'
import { Playground } from './page'

/** Time enough for a build and for the page to show it. */
const built = { timeout: 45_000 }

const reading = (marker: string, script: string) => `
let
  numbers = derivation {
    name = "numbers";
    system = "x86_64-linux";
    builder = "/bin/sh";
    marker = "${marker}";
    args = [ "-c" ''
      echo "writing numbers"
      ${script}
      echo "{ sum = 40 + 2; }" > $out
    '' ];
  };
in
"the sum is \${toString (import numbers).sum}"
`

test('what evaluation imports is built first, when it is asked for', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(reading('import', ''))

  // As one types nothing is built, and it is said why there is no value.
  await expect(playground.problems).toContainText("evaluation reads what 'numbers' gives")
  await playground.button('Evaluate').click()
  await expect(playground.terminal).toContainText("building 'numbers' to evaluate", built)
  await expect(playground.terminal).toContainText('writing numbers', built)
  await expect(playground.result).toContainText('the sum is 42', built)
})

test('Stop ends the build that an evaluation waits for', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(reading('stop', 'while :; do :; done'))
  await expect(playground.problems).toContainText("evaluation reads what 'numbers' gives")
  await playground.button('Evaluate').click()
  await expect(playground.result).toContainText("Building 'numbers' to evaluate…", built)
  await playground.button('Stop').click()
  await expect(playground.result).not.toContainText('Building')
  await playground.write('1 + 2')
  await expect(playground.result).toContainText('3')
})
