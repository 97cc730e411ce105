import { beforeEach, describe, expect, it } from 'vitest'
import { ComingFile, ComingPack, NoMoreComing } from './coming-pack'

const size = 3_000_000
const whole = Uint8Array.from({ length: size }, (_, i) => i % 251)

describe('a pack that an evaluator gets as it comes', () => {
  let asked: {
    from: number
    until: number
    answer: PromiseWithResolvers<Uint8Array<ArrayBuffer>>
  }[]
  let pack: ComingPack

  beforeEach(() => {
    asked = []
    pack = new ComingPack(size, (from, until) => {
      const answer = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
      asked.push({ from, until, answer })
      return answer.promise
    })
  })

  /** Answers the last question with the bytes up to `end`. */
  const come = async (end: number) => {
    const { from, answer } = asked.at(-1)!
    answer.resolve(whole.slice(from, end))
    await answer.promise
  }

  /** What reading up to `end` has to wait for. */
  const missing = (end: number): ComingFile => {
    try {
      pack.require(end)
    } catch (error) {
      if (error instanceof ComingFile) return error
    }
    throw new Error(`it is here up to ${end}`)
  }

  it('can be opened when its first piece is here', async () => {
    const opened = pack.opened()
    expect(asked).toMatchObject([{ from: 0, until: 1 }])
    await come(1000)
    await opened
    expect(() => pack.require(1000)).not.toThrow()
    expect(() => pack.require(1001)).toThrow(ComingFile)
  })

  it('is asked for until all is here', async () => {
    await come(1000)
    await come(2_900_000)
    await come(size)
    expect(asked.map(({ from, until }) => [from, until])).toEqual([
      [0, 1],
      [1000, 1_049_576],
      [2_900_000, size],
    ])
    expect(() => pack.require(size)).not.toThrow()
    expect(pack.bytes).toEqual(whole)
  })

  it('lets who waits for a file go on as soon as that is here', async () => {
    await come(1000)
    const order: string[] = []
    const later = missing(2_000_000).arrival()
    const waits = [
      missing(5000)
        .arrival()
        .then(() => order.push('near')),
      later.then(() => order.push('far')),
    ]
    await come(1_500_000)
    await waits[0]
    expect(order).toEqual(['near'])
    await come(size)
    await Promise.all(waits)
    expect(order).toEqual(['near', 'far'])
  })

  it('tells who waits that it does not come, and who asks later', async () => {
    const opened = expect(pack.opened()).rejects.toThrow(new NoMoreComing('the line is cut'))
    asked[0]!.answer.reject(new Error('the line is cut'))
    await opened
    await expect(missing(5000).arrival()).rejects.toThrow('the line is cut')
  })

  it('goes on coming when what waited for it is given up', async () => {
    await come(1000)
    const waiting = expect(missing(5000).arrival()).rejects.toThrow('superseded')
    pack.giveUp()
    await waiting
    const again = missing(5000).arrival()
    await come(5000)
    await again
  })

  it('is asked for no more when it was left', async () => {
    await come(1000)
    expect(asked).toHaveLength(2)
    pack.leave()
    await come(2000)
    await Promise.resolve()
    expect(asked).toHaveLength(2)
  })
})
