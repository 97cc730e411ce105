import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startGitServer } from '../backend/src/testing/git-server'
import { testGit } from '../backend/src/testing/test-git'
import { Playground } from './page'

test('a revision of a Git repository is fetched by the backend, and evaluated from', async ({
  page,
}) => {
  const directory = mkdtempSync(join(tmpdir(), 'snowglobe-git-journey-'))
  const work = join(directory, 'work')
  const git = (...args: string[]) => testGit(work, args)
  mkdirSync(work)
  git('init', '--quiet', '--initial-branch=main')
  writeFileSync(join(work, 'default.nix'), '{ answer = 4200 + 42; }')
  git('add', '.')
  git('commit', '--quiet', '-m', 'one')
  git('clone', '--quiet', '--bare', work, join(directory, 'served/repository'))
  const server = await startGitServer(join(directory, 'served'))
  try {
    const playground = new Playground(page)
    const url = `${server.url}repository`
    await playground.open(`(import (fetchGit { url = "${url}"; ref = "main"; })).answer`)
    await expect(playground.problems).toContainText('which is fetched first: press Ctrl+Enter')
    expect(server.requests).toEqual([])
    await playground.button('Evaluate').click()
    await expect(playground.result).toContainText('4242')
    await expect(playground.problems).toContainText('No problems.')

    await playground.open('fetchGit "https://10.0.0.1/repository"')
    await playground.button('Evaluate').click()
    await expect(playground.problems).toContainText('an address of a private network')
  } finally {
    await server.close()
    rmSync(directory, { recursive: true, force: true })
  }
})
