import { describe, expect, it } from 'vitest'
import { identifyTree, writePack } from '@snowglobe/shared/pack'
import { directory, file } from '../store/store.shared-tests'
import { BackendError } from './backend-client'
import { DocumentationDesk } from './documentation-desk'

const tree = directory({ lib: directory({ 'lists.nix': file('{ } # Größe') }) })
const { storePath } = identifyTree(tree)
const told = { storePath, builtins: [], functions: [], packages: [] }
const pack = writePack(tree, { name: 'starter', label: '' })

const channels = {
  packOf: async () => ({ name: 'starter', storePath, size: pack.length, pack: null }),
  bytes: async () => pack,
}

describe('what is told of the collection', () => {
  it('is asked for once', async () => {
    let asked = 0
    const desk = new DocumentationDesk({ documentation: async () => (asked++, told) }, channels)
    expect(await desk.documentation()).toBe(told)
    expect(await desk.documentation()).toBe(told)
    expect(asked).toBe(1)
  })

  it('is asked for again where that failed', async () => {
    let asked = 0
    const documentation = async () => {
      if (asked++ === 0) throw new BackendError('the backend does not answer')
      return told
    }
    const desk = new DocumentationDesk({ documentation }, channels)
    await expect(desk.documentation()).rejects.toThrow('does not answer')
    expect(await desk.documentation()).toBe(told)
  })

  it('has the files that it tells of', async () => {
    const desk = new DocumentationDesk({ documentation: async () => told }, channels)
    expect(await desk.file('lib/lists.nix')).toBe('{ } # Größe')
    await expect(desk.file('lib/none.nix')).rejects.toThrow("'/lib/none.nix'")
  })
})
