/**
 * Evaluations in the tab, as the page asks for them: milliseconds from its question to the machine's
 * answer, in Chromium, production build. Rows of real nixpkgs need a tree (SNOWGLOBE_BENCH_NIXPKGS).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../scripts/repository.mjs'
import { startPage } from './page-server.mjs'
import { median, medianOf } from './statistics.mjs'

const tree = process.env.SNOWGLOBE_BENCH_NIXPKGS
const { address, browser, close } = await startPage(
  tree === undefined ? {} : { SNOWGLOBE_NIXPKGS: `nixpkgs=${tree}` },
)
export { close }

/**
 * Notes each question to the machine and when it is answered. It runs in the page, before the page's
 * own code, and looks at what goes through ports (comlink's messages).
 */
function noteAnswers() {
  const asked = new Map()
  const listening = new WeakSet()
  const post = MessagePort.prototype.postMessage
  const listen = MessagePort.prototype.addEventListener
  globalThis.answers = []
  // What the coordinator tells of a download that is done.
  MessagePort.prototype.addEventListener = function (...args) {
    listen.apply(this, args)
    listen.call(this, 'message', ({ data }) => {
      const told = data?.argumentList?.[0]?.value
      if (told?.size > 0 && told.received === told.size) globalThis.arrivedAt ??= performance.now()
    })
  }
  MessagePort.prototype.postMessage = function (message, ...rest) {
    if (message?.type === 'APPLY') {
      const [method] = message.path
      asked.set(message.id, { method, at: performance.now() })
      if (!listening.has(this)) {
        listening.add(this)
        this.addEventListener('message', ({ data }) => {
          const question = asked.get(data?.id)
          if (question === undefined) return
          asked.delete(data.id)
          const value = data.value?.value
          const now = performance.now()
          globalThis.answers.push({
            method: question.method,
            answeredAt: now,
            seconds: (now - question.at) / 1000,
            summary: value?.summary ?? null,
            problems: data.value?.problems,
          })
        })
      }
    }
    return post.call(this, message, ...rest)
  }
}

/** A page of a browser that has never been here, which evaluates `code`. */
async function openPage(code) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.addInitScript(noteAnswers)
  await page.goto(`${address}/?code=${encodeURIComponent(code)}`)
  await page.waitForSelector('.monaco-editor .view-lines')
  await answerAfter(page, 0, 'evaluateQuickly')
  return page
}

/** How many answers there have been. */
const answerCount = (page) => page.evaluate(() => globalThis.answers.length)

/**
 * The next answer to a method after the first `known`; it has to be a value. Questions that a newer one
 * has taken the place of are not answered.
 */
async function answerAfter(page, known, method) {
  const found = await page.waitForFunction(
    ([known, method]) => {
      const answers = globalThis.answers.slice(known)
      return answers.find((one) => one.method === method && one.problems !== undefined)
    },
    [known, method],
    { timeout: 100_000 },
  )
  const answer = await found.jsonValue()
  if (answer.summary === null) throw new Error(JSON.stringify(answer))
  return answer
}

async function write(page, code) {
  await page.getByRole('textbox', { name: 'Nix code' }).focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.insertText(code)
}

/** Presses Evaluate. */
async function evaluate(page) {
  const known = await answerCount(page)
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click()
  return answerAfter(page, known, 'evaluate')
}

/** What the evaluation after a key takes: the middle of many, typed where `code` has a `|`. */
async function secondsOfKeystroke(code, prepare = async () => {}) {
  const [before, after] = code.split('|')
  const page = await openPage(before + after)
  await prepare(page)
  await page.getByRole('textbox', { name: 'Nix code' }).focus()
  await page.keyboard.press('Control+End')
  for (let i = 0; i < after.length; i++) await page.keyboard.press('ArrowLeft')
  const seconds = []
  for (let i = 0; i < 30; i++) {
    const known = await answerCount(page)
    await page.keyboard.press(String(i % 10))
    seconds.push((await answerAfter(page, known, 'evaluateQuickly')).seconds)
  }
  await page.context().close()
  return median(seconds)
}

async function chooseNixpkgs(page) {
  const chooser = page.getByRole('button', { name: 'Channel', exact: true })
  const item = page.getByRole('menuitemradio', { name: /^nixpkgs/ })
  await chooser.click()
  // The server has to pack it first.
  while (!(await item.isVisible())) {
    await page.keyboard.press('Escape')
    await page.waitForTimeout(500)
    await chooser.click()
  }
  await item.click()
}

const hello = '(import <nixpkgs> { system = "x86_64-linux"; }).hello.drvPath'

/** The page evaluates what is written as soon as its pack is there: as soon as all bytes have come. */
async function secondsOfArrival() {
  const page = await openPage('1')
  const before = await answerCount(page)
  await write(page, hello)
  await answerAfter(page, before, 'evaluateQuickly')
  const known = await answerCount(page)
  await page.evaluate(() => (globalThis.arrivedAt = undefined))
  await chooseNixpkgs(page)
  const { answeredAt } = await answerAfter(page, known, 'evaluateQuickly')
  const arrivedAt = await page.evaluate(() => globalThis.arrivedAt)
  await page.context().close()
  return (answeredAt - arrivedAt) / 1000
}

/** Evaluate begins from nothing each time. */
async function secondsAgain() {
  const page = await openPage('1')
  await chooseNixpkgs(page)
  await write(page, hello)
  const seconds = []
  for (let i = 0; i < 12; i++) seconds.push((await evaluate(page)).seconds)
  await page.context().close()
  return median(seconds.slice(2))
}

const lesson = readFileSync(join(root, 'tutorials', '01-sets-and-laziness', 'solution.nix'), 'utf8')

const shell = `let pkgs = import <nixpkgs> { }; in
(pkgs.mkShell { name = "shell-|"; packages = [ pkgs.hello pkgs.jq ]; }).drvPath`

const wholeCollection = `let
  packages = import <nixpkgs> { system = "x86_64-linux"; };
  isPackage = value: value.type or null == "derivation";
  names = builtins.filter (name: (builtins.tryEval (isPackage packages.\${name})).value) (builtins.attrNames packages);
in
builtins.concatStringsSep " " (map (name: packages.\${name}.drvPath) names)`

async function secondsOfCollection() {
  const page = await openPage('1')
  await write(page, wholeCollection)
  const { seconds } = await evaluate(page)
  await page.context().close()
  return seconds
}

/** @type {import('./run.mjs').Row[]} */
export const rows = [
  // First: the server packs the tree as it starts, which the others would feel.
  ...(tree === undefined
    ? []
    : [
        {
          name: 'hello.drvPath of nixpkgs in the tab, from the arrival of its pack',
          target: 0.5,
          unit: 's',
          measure: () => medianOf(3, secondsOfArrival),
        },
        {
          name: 'hello.drvPath of nixpkgs in the tab, again',
          target: 0.06,
          unit: 's',
          measure: secondsAgain,
        },
        {
          name: 'a keystroke with nixpkgs warm, in the tab',
          target: 0.06,
          unit: 's',
          measure: () => secondsOfKeystroke(shell, chooseNixpkgs),
        },
      ]),
  {
    name: 'a keystroke in a lesson-sized file, in the tab',
    target: 0.016,
    unit: 's',
    measure: () => secondsOfKeystroke(`${lesson.trimEnd()} # |`),
  },
  {
    name: 'a keystroke with the starter collection warm, in the tab',
    target: 0.06,
    unit: 's',
    measure: () => secondsOfKeystroke(shell),
  },
  {
    name: 'the whole starter collection, in the tab',
    target: 0.5,
    unit: 's',
    measure: () => medianOf(5, secondsOfCollection),
  },
]
