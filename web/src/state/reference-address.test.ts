import { describe, expect, it } from 'vitest'
import { addressWith, entryInAddress, linkToEntry, snippetPart } from './reference-address'
import { addressWithoutSnippet, askedByAddress } from './start'
import { encodeSnippet } from '@snowglobe/shared/snippet'
import { snippetOf } from './files'

const url = (rest: string) => new URL(`https://page.example/globe/${rest}`)
const link = encodeSnippet(snippetOf('1 + 1'))

describe('the Reference in an address', () => {
  it('is closed where the address says nothing of it', () => {
    expect(entryInAddress(url(''))).toBeNull()
    expect(entryInAddress(url(`#${link}`))).toBeNull()
    expect(entryInAddress(url('?lesson=values#top'))).toBeNull()
  })

  it('shows an entry, or none', () => {
    expect(entryInAddress(url('#docs='))).toBe('')
    expect(entryInAddress(url('#docs=lib.lists.last'))).toBe('lib.lists.last')
    expect(entryInAddress(url('#docs=%'))).toBe('')
  })

  it('stands beside a snippet, and neither takes the place of the other', () => {
    const both = url(
      addressWith(url(`?x=1#${link}`), link, "builtins.foldl'").slice('/globe/'.length),
    )
    expect(entryInAddress(both)).toBe("builtins.foldl'")
    expect(snippetPart(both)).toBe(link)
    expect(askedByAddress(both)).toMatchObject({ kind: 'snippet' })
    expect(both.search).toBe('?x=1')
  })

  it('stays where the snippet is taken out', () => {
    expect(addressWithoutSnippet(url(`?code=1#${link}&docs=pkgs.hello`))).toBe(
      '/globe/#docs=pkgs.hello',
    )
    expect(addressWithoutSnippet(url(`#${link}`))).toBe('/globe/')
  })

  it('asks for no snippet', () => {
    expect(askedByAddress(url('#docs=s1.x')).kind).toBe('nothing')
  })

  it('has a link of its own for each entry', () => {
    expect(linkToEntry(url(`?lesson=x#${link}&docs=y`), 'lib.last')).toBe(
      'https://page.example/globe/#docs=lib.last',
    )
  })

  it('is left out where it is closed', () => {
    expect(addressWith(url(`#${link}&docs=x`), link, null)).toBe(`/globe/#${link}`)
    expect(addressWith(url('#docs=x'), '', null)).toBe('/globe/')
  })
})
