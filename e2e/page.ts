import { expect, type Locator, type Page } from '@playwright/test'

/** The playground by its accessible names: what every journey goes through. */
export class Playground {
  readonly code: Locator
  readonly result: Locator
  readonly problems: Locator
  readonly terminal: Locator

  constructor(readonly page: Page) {
    this.code = page.getByRole('textbox', { name: 'Nix code' })
    this.result = page.getByRole('region', { name: 'Result' })
    this.problems = page.getByRole('region', { name: 'Problems' })
    this.terminal = page.getByRole('region', { name: 'Terminal' })
  }

  button(name: 'Evaluate' | 'Build' | 'Stop' | 'Share'): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** Opens the page with this code in the editor, or as a first visitor finds it. */
  async open(code?: string): Promise<void> {
    await this.page.goto(code === undefined ? '/' : `/?code=${encodeURIComponent(code)}`)
    await expect(this.code).toBeVisible()
  }

  /** Replaces what the editor holds by typing over it. */
  async write(code: string): Promise<void> {
    await this.code.click()
    await this.page.keyboard.press('Control+A')
    await this.page.keyboard.insertText(code)
  }

  /** Replaces what the editor holds by pasting over it: long texts cannot be typed. */
  async paste(code: string): Promise<void> {
    await this.code.click()
    await this.page.keyboard.press('Control+A')
    await this.code.evaluate((element, text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
      element.dispatchEvent(paste)
    }, code)
  }

  /** What the editor shows; Monaco shows spaces as no-break spaces. */
  async shownCode(): Promise<string> {
    const lines = await this.page.locator('.monaco-editor .view-lines').innerText()
    return lines.replaceAll('\u00a0', ' ')
  }
}
