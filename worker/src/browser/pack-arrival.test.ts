import { describe, expect, it } from 'vitest'
import { bytesToOpen, identifyTree, writePack } from '@snowglobe/shared/pack'
import { directory, file } from '../store/store.shared-tests'
import { PackArrival } from './pack-arrival'

const tree = directory({ 'a.nix': file('{ }'), 'z.nix': file('1 + 1') })
const { storePath } = identifyTree(tree)
const pack = writePack(tree, { name: 'nixpkgs', label: '' })
const opening = bytesToOpen(pack)!

/** A download that comes up to each of these places, when `next` is called. */
function inSteps(ends: number[], from = pack) {
  const gates = ends.map(() => Promise.withResolvers<void>())
  let called = 0
  return {
    next: () => gates[called++]!.resolve(),
    async *download(into: Uint8Array) {
      for (const [i, end] of ends.entries()) {
        await gates[i]!.promise
        into.set(from.subarray(0, end))
        yield end
      }
    },
  }
}

const asItIs = (failure: unknown) => failure

describe('a pack on its way', () => {
  it('is opened, read and checked as it comes', async () => {
    const arrival = new PackArrival(pack.length, storePath)
    const { next, download } = inSteps([10, opening + 2, pack.length])
    const events: string[] = []
    void arrival.opened.then(() => events.push('opened'))
    void arrival.checked.then(() => events.push('checked'))
    const received = arrival.receive(download, asItIs)
    const first = arrival.read(0, 1)
    const all = arrival.read(0, pack.length)
    next()
    next()
    expect(await first).toEqual(pack.slice(0, opening + 2))
    expect(events).toEqual(['opened'])
    next()
    expect(await all).toEqual(pack)
    await received
    expect(events).toEqual(['opened', 'checked'])
    expect(await arrival.read(5, 10)).toEqual(pack.slice(5))
    expect(await arrival.bytes()).toEqual(pack)
  })

  it('is read where it is kept', async () => {
    const arrival = new PackArrival(pack.length, storePath)
    const { next, download } = inSteps([pack.length])
    next()
    await arrival.receive(download, asItIs)
    arrival.keptIn(new Blob([pack]))
    expect(await arrival.read(5, 10)).toEqual(pack.slice(5))
    expect(await arrival.bytes()).toEqual(pack)
  })

  const changed = (at: number) => {
    const bytes = pack.slice()
    bytes[at]! ^= 1
    return bytes
  }

  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['is no pack', changed(0), 'this is no pack'],
    ['has another index', changed(opening - 1), 'its contents are those of'],
    ['has other contents', changed(pack.length - 1), 'its contents are those of'],
    ['has no end', pack.subarray(0, -1), 'its end is missing'],
    ['ends before it can be opened', pack.subarray(0, 30), 'ends within its header'],
  ])('is told that it %s', async (_, bytes, message) => {
    const arrival = new PackArrival(bytes.length, storePath)
    const { next, download } = inSteps([20, bytes.length], bytes)
    next()
    next()
    await arrival.receive(download, (failure) => new Error(`told: ${(failure as Error).message}`))
    await expect(arrival.checked).rejects.toThrow(message)
    await expect(arrival.read(0, 1)).rejects.toThrow('told: ')
  })

  it('is refused where it is another one than was asked for', async () => {
    const arrival = new PackArrival(pack.length, storePath.replace('-source', '-other'))
    const { next, download } = inSteps([pack.length])
    next()
    await arrival.receive(download, asItIs)
    await expect(arrival.opened).rejects.toThrow(`it is ${storePath} and not`)
  })

  it('tells all who read that it broke off', async () => {
    const arrival = new PackArrival(pack.length, storePath)
    const reading = expect(arrival.read(0, pack.length)).rejects.toThrow('cut')
    await arrival.receive(async function* (into) {
      into.set(pack.subarray(0, opening))
      yield opening
      await arrival.opened
      throw new Error('cut')
    }, asItIs)
    await reading
    await arrival.opened
    await expect(arrival.checked).rejects.toThrow('cut')
    await expect(arrival.bytes()).rejects.toThrow('cut')
  })
})
