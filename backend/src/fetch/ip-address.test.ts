import { describe, expect, it } from 'vitest'
import { isInNetwork, isPrivateAddress, parseAddress, parseNetwork } from './ip-address'

describe('addresses', () => {
  it.each([
    ['1.2.3.4', [1, 2, 3, 4]],
    ['::', new Array<number>(16).fill(0)],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4]],
    ['fe80::1%eth0', [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
    ['1:2:3:4:5:6:7:8', [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8]],
  ])('are read from %s', (text, bytes) => {
    expect([...(parseAddress(text) ?? [])]).toEqual(bytes)
  })

  it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', ':::', '127.1'])('are not %o', (text) => {
    expect(parseAddress(text)).toBeNull()
  })

  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.0.9', '169.254.169.254'],
    ...['172.16.0.1', '172.31.255.255', '192.168.1.1', '198.19.0.1', '224.0.0.1'],
    ...['255.255.255.255', '::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1'],
    ...['::ffff:0:192.168.0.1', '64:ff9b::127.0.0.1', '64:ff9b:1::10.0.0.1', '2002:7f00:1::'],
    ...['2002:c0a8:101::1', 'fe80::1', 'febf::1', 'fec0::1', 'fc00::1', 'fd12::1', 'ff02::1'],
    ...['100::1', '2001:0:1:2::3'],
  ])('of private networks are told: %s', (text) => {
    expect(isPrivateAddress(parseAddress(text)!)).toBe(true)
  })

  it.each([
    ...['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.0.1'],
    ...['172.32.0.1', '192.167.0.1', '198.20.0.1', '223.255.255.255', '2606:4700::1111'],
    ...['::ffff:1.1.1.1', '64:ff9b::1.1.1.1', '2002:101:101::1', '2001:4860:4860::8888'],
  ])('of the open Internet are told: %s', (text) => {
    expect(isPrivateAddress(parseAddress(text)!)).toBe(false)
  })

  it('lie in networks', () => {
    const network = parseNetwork('10.32.0.0/11')!
    expect(isInNetwork(parseAddress('10.63.255.255')!, network)).toBe(true)
    expect(isInNetwork(parseAddress('10.64.0.0')!, network)).toBe(false)
    expect(isInNetwork(parseAddress('::')!, parseNetwork('0.0.0.0/0')!)).toBe(false)
    expect(parseNetwork('10.0.0.0/33')).toBeNull()
    expect(parseNetwork('name/8')).toBeNull()
  })
})
