/** Fetching from Mercurial repositories, with the `hg` of this machine. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { byteStringToUtf8, utf8ToByteString } from '@snowglobe/shared/bytes'
import type { Fetched, FetchRequest } from '@snowglobe/worker/evaluator/fetch-request'
import { FileSystemAccessor } from '@snowglobe/worker/node/file-system-accessor'
import { dumpTree } from '@snowglobe/worker/store/dump-tree'
import { runProgram } from './run-program'
import type { SourceCache } from './source-cache'

type MercurialRequest = Extract<FetchRequest, { kind: 'mercurial' }>

/** Fetches a revision. Throws HostError. */
export async function fetchMercurial(
  { url: given, ref, rev }: MercurialRequest,
  cache: SourceCache,
): Promise<Fetched> {
  const url = byteStringToUtf8(given)
  const directory = join(cache.directory, 'hg', createHash('sha256').update(url).digest('hex'))
  const hg = (args: readonly string[]) =>
    runProgram('hg', args, { environment: { ...process.env, HGPLAIN: '' } }).then((out) =>
      out.toString('utf8'),
    )
  if (existsSync(directory)) await hg(['pull', '-R', directory, '--', url])
  else {
    mkdirSync(join(cache.directory, 'hg'), { recursive: true })
    await hg(['clone', '--noupdate', '--', url, directory])
  }
  const wanted = byteStringToUtf8(rev ?? ref ?? 'default')
  const template = '{node} {rev} {branch}'
  const told = await hg(['log', '-R', directory, '-r', wanted, '--template', template])
  const [node = '', count = '', branch = ''] = told.split(' ')
  const temporary = mkdtempSync(join(tmpdir(), 'snowglobe-hg-'))
  try {
    const target = join(temporary, 'tree')
    await hg(['archive', '-R', directory, '-r', node, target])
    rmSync(join(target, '.hg_archival.txt'), { force: true })
    return {
      tree: dumpTree(new FileSystemAccessor(), utf8ToByteString(target)),
      rev: node,
      revCount: Number(count),
      ref: utf8ToByteString(branch),
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}
