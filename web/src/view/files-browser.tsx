import type { StoreFile } from '@snowglobe/worker/browser/api'
import { useEffect, useMemo } from 'preact/hooks'
import { fileKind, hexDump } from '../format/file-kind'
import { describeSize } from '../format/size'
import { opened, openParent, openPlace, place, placeInfo, type FilePlace } from '../state/store'
import { AskedFor } from './asked'
import { Fact } from './fact'
import { FileIcon, FolderIcon, LinkIcon } from './icons'
import { Nix } from './nix'
import { StorePath } from './store-path'

/** The files of a store path, a folder or a file at a time. */
export function FilesBrowser() {
  const now = place.value!
  return (
    <div class="files">
      <h4>Files</h4>
      <Crumbs place={now} />
      <AskedFor asked={opened.value} busy="Reading…">
        {(view) =>
          view.type === 'directory' ? (
            <Folder place={now} entries={view.entries} />
          ) : (
            <File place={now} bytes={view.bytes} size={view.size} />
          )
        }
      </AskedFor>
      <Info />
    </div>
  )
}

function Crumbs({ place: { path, inside } }: { place: FilePlace }) {
  const parts = inside === '' ? [] : inside.split('/')
  return (
    <nav class="crumbs" aria-label="Place in the store path">
      <button
        type="button"
        class="link"
        title={path}
        onClick={() => void openPlace({ path, inside: '' })}
      >
        {path.replace(/^.*\/[0-9a-z]{32}-/, '')}
      </button>
      {parts.map((part, at) => (
        <span key={at}>
          <span class="faint"> / </span>
          {at === parts.length - 1 ? (
            <span aria-current="true">{part}</span>
          ) : (
            <button
              type="button"
              class="link"
              onClick={() => {
                void openPlace({ path, inside: parts.slice(0, at + 1).join('/') }, 'directory')
              }}
            >
              {part}
            </button>
          )}
        </span>
      ))}
    </nav>
  )
}

const icons = { directory: FolderIcon, regular: FileIcon, executable: FileIcon, symlink: LinkIcon }

function Folder({ place: now, entries }: { place: FilePlace; entries: StoreFile[] }) {
  const inside = (name: string) => (now.inside === '' ? name : `${now.inside}/${name}`)
  return (
    <ul class="folder">
      {now.inside !== '' && (
        <li>
          <button type="button" class="entry" onClick={openParent}>
            <FolderIcon /> <span class="entry-name">..</span>
          </button>
        </li>
      )}
      {entries.map((entry) => {
        const Icon = icons[entry.type]
        return (
          <li key={entry.name}>
            {entry.type === 'symlink' ? (
              <span class="entry">
                <Icon /> <span class="entry-name">{entry.name}</span>
                <span class="faint path-text"> → {entry.target}</span>
              </span>
            ) : (
              <button
                type="button"
                class="entry"
                onClick={() =>
                  void openPlace({ path: now.path, inside: inside(entry.name) }, entry.type)
                }
              >
                <Icon />
                <span class="entry-name">{entry.name}</span>
                {entry.type === 'executable' && <span class="chip">executable</span>}
                {entry.type !== 'directory' && (
                  <span class="entry-size">{describeSize(entry.size)}</span>
                )}
              </button>
            )}
          </li>
        )
      })}
      {entries.length === 0 && <li class="faint">This folder is empty.</li>}
    </ul>
  )
}

function File({ place: now, bytes, size }: { place: FilePlace; bytes: Uint8Array; size: number }) {
  const name = now.inside === '' ? now.path : now.inside
  const whole = bytes.length >= size
  const shown = useMemo(() => fileKind(name, bytes, whole), [name, bytes, whole])
  return (
    <div class="file">
      <p class="faint file-facts">
        {describeSize(size)}
        {!whole && `, the first ${describeSize(bytes.length)} of them shown`}
        {shown.kind === 'binary' && ', not text'}
      </p>
      {shown.kind === 'text' && (
        <pre class="code plain file-text" tabIndex={0} aria-label={`Contents of ${name}`}>
          {name.endsWith('.nix') ? <Nix code={shown.text} /> : shown.text}
        </pre>
      )}
      {shown.kind === 'image' && <Image bytes={bytes} type={shown.type} name={name} />}
      {shown.kind === 'binary' && (
        <pre class="code plain file-text" tabIndex={0} aria-label={`First bytes of ${name}`}>
          {hexDump(bytes)}
        </pre>
      )}
    </div>
  )
}

function Image({ bytes, type, name }: { bytes: Uint8Array; type: string; name: string }) {
  const address = useMemo(
    () => URL.createObjectURL(new Blob([bytes.slice()], { type })),
    [bytes, type],
  )
  useEffect(() => () => URL.revokeObjectURL(address), [address])
  return <img class="picture" src={address} alt={name} />
}

function Info() {
  const info = placeInfo.value
  if (info === null) return null
  return (
    <details class="path-info">
      <summary>About this store path</summary>
      <dl class="facts">
        <Fact name="path">
          <span class="path-text">{info.path}</span>
        </Fact>
        <Fact name="NAR hash">
          <span class="path-text">{info.narHash}</span>
        </Fact>
        <Fact name="NAR size">{describeSize(info.narSize)}</Fact>
        {info.deriver !== null && (
          <Fact name="deriver">
            <StorePath path={info.deriver} />
          </Fact>
        )}
        <Fact name="references">
          {info.references.length === 0 && <span class="faint">none</span>}
          {info.references.map((path) => (
            <div key={path}>
              <StorePath path={path} />
            </div>
          ))}
        </Fact>
      </dl>
    </details>
  )
}
