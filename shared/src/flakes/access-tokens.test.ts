import { describe, expect, it } from 'vitest'
import { accessHeaders, parseAccessTokens } from './access-tokens'

const tokens = parseAccessTokens([
  'github.com=all',
  'github.com/a=some',
  'github.com/a/b=one',
  'gitlab.com=OAuth2:oauth',
  'gitlab.com/a=PAT:personal',
  'gitlab.com/b=Job-Token:job:1',
  'gitlab.com/c=secret',
  'git.sr.ht=hut',
  'nothing',
  '=none',
])

describe('tokens for servers of repositories', () => {
  it.each<[string, string, string, Record<string, string> | null, string[]?]>([
    ['github', 'github.com', 'c/b', { authorization: 'token all' }],
    ['github', 'github.com', 'a/c', { authorization: 'token some' }],
    ['github', 'github.com', 'a/b', { authorization: 'token one' }],
    ['github', 'github.com', 'ab/b', { authorization: 'token all' }],
    ['github', 'example.org', 'github.com/a', null],
    ['gitlab', 'gitlab.com', 'd/e', { authorization: 'Bearer oauth' }],
    ['gitlab', 'gitlab.com', 'a/e', { 'private-token': 'personal' }],
    [
      'gitlab',
      'gitlab.com',
      'b/e',
      { 'job-token': 'job:1' },
      ['Unrecognized GitLab token type Job-Token'],
    ],
    ['gitlab', 'gitlab.com', 'c/e', null, ['Unrecognized GitLab token type ']],
    ['sourcehut', 'git.sr.ht', '~a/b', { authorization: 'Bearer hut' }],
  ])('are shown as %s wants it: %s/%s', (type, host, path, headers, warned = []) => {
    const [owner, repo] = path.split('/') as [string, string]
    const warnings: string[] = []
    const place = { type, host, owner, repo }
    expect(accessHeaders(place, tokens, (text) => warnings.push(text))).toEqual(headers)
    expect(warnings).toEqual(warned)
  })
})
