import { createHash } from 'node:crypto'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { patience, withPkgs, type CollectionStore } from './collection-store'

interface Descriptor {
  digest: string
  size: number
}

/** What is said of an image, in both ways: as Docker saves images, and as the OCI lays them out. */
interface Image {
  tags: string[]
  layers: string[]
  config: {
    architecture: string
    created: string
    config: { Cmd?: string[]; Env?: string[] }
    history: { comment: string }[]
    rootfs: { type: string; diff_ids: string[] }
  }
  /** The files of a container, as they would be when it starts. */
  root: string
}

const images = join(import.meta.dirname, 'docker-images.nix')

/** `dockerTools`: images that are what their formats ask for, and whose programs run. */
export function testDockerTools(store: CollectionStore): void {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'snowglobe-images-')))
  afterAll(() => {
    spawnSync('chmod', ['-R', 'u+w', directory])
    rmSync(directory, { recursive: true, force: true })
  })

  /** Unpacks an image, and checks that all it says of its parts is so. */
  const open = (file: string): Image => {
    const unpacked = mkdtempSync(join(directory, 'image-'))
    execFileSync('tar', ['-x', '-f', file, '-C', unpacked])
    const json = (path: string) => JSON.parse(readFileSync(join(unpacked, path), 'utf8')) as unknown
    const blob = ({ digest, size }: Descriptor) => {
      const path = `blobs/${digest.replace(':', '/')}`
      const bytes = readFileSync(join(unpacked, path))
      expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest)
      expect(bytes.length).toBe(size)
      return path
    }
    const [docker] = json('manifest.json') as [
      { Config: string; Layers: string[]; RepoTags: string[] },
    ]
    expect(json('oci-layout')).toEqual({ imageLayoutVersion: '1.0.0' })
    const { manifests } = json('index.json') as { manifests: [Descriptor] }
    const oci = json(blob(manifests[0])) as { config: Descriptor; layers: Descriptor[] }
    expect(docker.Config).toBe(blob(oci.config))
    expect(docker.Layers).toEqual(oci.layers.map(blob))
    const config = json(docker.Config) as Image['config']
    // Layers are not compressed, so these are the same.
    expect(config.rootfs).toEqual({
      type: 'layers',
      diff_ids: oci.layers.map(({ digest }) => digest),
    })
    expect(config.history).toHaveLength(docker.Layers.length)
    const root = join(unpacked, 'root')
    mkdirSync(root)
    for (const layer of docker.Layers) {
      execFileSync('tar', ['-x', '-p', '-f', join(unpacked, layer), '-C', root])
    }
    return { tags: docker.RepoTags, layers: docker.Layers, config, root }
  }

  const build = async (name: string) => {
    return store.buildExpression(`(import ${images} pkgs).${name}`)
  }

  const run = ({ root, config }: Image, ...command: string[]) => {
    const [program = '', ...args] = command.length > 0 ? command : (config.config.Cmd ?? [])
    const env = Object.fromEntries((config.config.Env ?? []).map((entry) => entry.split('=')))
    const inside = ['--map-root-user', 'chroot', root, program, ...args]
    return spawnSync('unshare', inside, { encoding: 'utf8', env: { ...process.env, ...env } })
  }

  describe('dockerTools', () => {
    it(
      'makes images of files, with what they and their commands refer to',
      async () => {
        const image = open(await build('plain'))
        expect(image.tags).toEqual(['plain:v1'])
        expect(image.layers).toHaveLength(1)
        expect(image.config).toMatchObject({ created: '1970-01-01T00:00:01Z' })
        expect(readFileSync(join(image.root, 'etc/motd'), 'utf8')).toBe('welcome\nchanged\n')
        const passwd = join(image.root, readlinkSync(join(image.root, 'etc/passwd')))
        expect(readFileSync(passwd, 'utf8')).toContain('root:x:0:0:')
        expect(statSync(join(image.root, 'tmp')).mode & 0o7777).toBe(0o1777)
        expect(run(image).stdout).toBe('plain here\n')
      },
      patience,
    )

    it(
      'puts an image on another one, whose variables it keeps',
      async () => {
        const below = open(await build('plain'))
        const image = open(await build('onTop'))
        expect(image.tags[0]).toMatch(/^example\/on-top:[0-9a-z]{32}$/)
        expect(image.layers.slice(0, -1)).toEqual(below.layers)
        expect(image.config.config.Env).toEqual(['WHO=top', 'WHERE=here'])
        expect(run(image, '/bin/greet').stdout).toBe('hello from a script\n')
        const last = execFileSync('tar', ['-t', '-f', join(image.root, '..', image.layers[1]!)])
        // The shell is in the layer below.
        expect(last.toString()).not.toContain('-bash-')
      },
      patience,
    )

    it(
      'parts images into layers, the same by a file as by a program',
      async () => {
        const file = await build('layered')
        const image = open(file)
        expect(run(image).stdout).toBe('hello from a script\n')
        const comments = image.config.history.map(({ comment }) => comment)
        // What most others need lies at the bottom.
        expect(comments[0]).toMatch(/^store paths: [0-9a-z]{32}-glibc-/)
        expect(comments[1]).toMatch(/-bash-/)
        expect(comments.at(-1)).toBe('layered')
        const streamed = readFileSync(await build('streamed'))
        expect(streamed.equals(gunzipSync(readFileSync(file)))).toBe(true)

        const few = open(await build('fewLayers'))
        expect(few.layers).toHaveLength(3)
        expect(run(few).stdout).toContain('GNU sed')
      },
      patience,
    )

    it(
      'makes the same bytes every time',
      async () => {
        const image = withPkgs(`(import ${images} pkgs).plain`)
        await store.build('-E', image)
        const { status, log } = await store.build('--check', '-E', image)
        expect(status, log).toBe(0)
      },
      patience,
    )

    it('refuses what needs root', async () => {
      const image = 'pkgs.dockerTools.buildImage { name = "x"; runAsRoot = "mkdir /data"; }'
      const { status, stderr } = await store.run('nix-instantiate', '-E', withPkgs(image))
      expect(status).not.toBe(0)
      expect(stderr).toContain('the image ‘x’ has runAsRoot')
      expect(stderr).toContain('take extraCommands')
    })
  })
}
