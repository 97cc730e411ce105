import { describe, expect, it } from 'vitest'
import { netrcOf, parseNetrc } from './netrc'

const text = `
# machine noted login a password b
machine example.org login me password "two \\"words\\""
machine Other.example.org
  login you
  account x
  password secret
macdef init
machine macro login a password b

default login anonymous password guest
machine late password only
`

describe('names and passwords', () => {
  it.each([
    ['example.org', 'me', 'two "words"'],
    ['other.example.org', 'you', 'secret'],
    ['macro', 'anonymous', 'guest'],
    ['noted', 'anonymous', 'guest'],
    ['late', '', 'only'],
  ])('for %s', (host, login, password) => {
    expect(parseNetrc(text)(host)).toEqual({ login, password })
  })

  it('are none for others where no default is, or no file', () => {
    expect(parseNetrc('machine a login b password c')('d')).toBeNull()
    expect(netrcOf('/no/such/netrc')('a')).toBeNull()
  })
})
