import { describe, expect, it } from 'vitest'
import { RecentTexts } from './recent-texts'

describe('what was found of texts', () => {
  it('is known again', () => {
    const texts = new RecentTexts<number>(100)
    texts.set('one', 1)
    expect(texts.get('one')).toBe(1)
    expect(texts.get('two')).toBeUndefined()
  })

  it('is forgotten when there are too many, what was used last at the end', () => {
    const texts = new RecentTexts<number>(80)
    const text = (i: number) => `text ${i}`.padEnd(10)
    for (let i = 0; i < 1000; i++) {
      texts.set(text(i), i)
      expect(texts.get(text(0))).toBe(0)
    }
    const known = Array.from({ length: 1000 }, (_, i) => i).filter((i) => {
      return texts.get(text(i)) === i
    })
    expect(known.length).toBeLessThanOrEqual(8)
    expect(known).toContain(0)
    expect(known).toContain(999)
  })
})
