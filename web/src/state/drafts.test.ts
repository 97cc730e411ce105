import { describe, expect, it } from 'vitest'
import {
  describeDraft,
  draftToOpen,
  draftsKept,
  draftsToForget,
  withDraft,
  type Draft,
} from './drafts'
import { snippetOf } from './files'

const draft = (id: string, savedAt: number, text = id): Draft => ({
  id,
  savedAt,
  snippet: snippetOf(text),
})

describe('draftToOpen', () => {
  const drafts = [draft('old', 1), draft('new', 3), draft('middle', 2)]

  it('goes on with the draft of the tab, even if another tab wrote later', () => {
    expect(draftToOpen(drafts, 'old')?.id).toBe('old')
  })

  it('takes the newest in a new tab, or if the draft of the tab has gone', () => {
    expect(draftToOpen(drafts, null)?.id).toBe('new')
    expect(draftToOpen(drafts, 'gone')?.id).toBe('new')
  })

  it('gives null where nothing was kept', () => {
    expect(draftToOpen([], 'any')).toBeNull()
  })
})

describe('draftsToForget', () => {
  const many = Array.from({ length: draftsKept + 2 }, (_, at) => draft(`d${at}`, at))

  it('forgets the oldest beyond the limit', () => {
    expect(draftsToForget(many, `d${draftsKept + 1}`)).toEqual(['d1', 'd0'])
  })

  it('never forgets the one being edited', () => {
    expect(draftsToForget(many, 'd0')).not.toContain('d0')
  })
})

describe('withDraft', () => {
  it('replaces an older state of the draft, and is not replaced by one', () => {
    const newer = draft('a', 2, 'newer')
    const older = draft('a', 1, 'older')
    expect(withDraft([older, draft('b', 1)], newer).map(({ savedAt }) => savedAt)).toEqual([2, 1])
    expect(withDraft([newer], older)).toEqual([newer])
  })
})

describe('describeDraft', () => {
  it('shows the first line of code', () => {
    expect(describeDraft(draft('a', 1, '# a comment\n\n  let x = 1;\nin x'))).toBe('let x = 1;')
    expect(describeDraft(draft('a', 1, ''))).toBe('empty')
  })
})
