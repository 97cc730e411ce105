import type { PackageDocumentation, PackageLicense } from '@snowglobe/worker/browser/api'
import { channel } from '../state/workspace'
import { Fact } from '../view/fact'
import { BuildIcon, EvaluateIcon, PlusIcon } from '../view/icons'
import { buildPackage, insertName, tryExpression } from './actions'
import type { Entry } from './entries'

/** Systems that people have, which are told of first. */
const usual = ['x86_64-linux', 'aarch64-linux', 'x86_64-darwin', 'aarch64-darwin']

/** What a package is, and what can be done with it. */
export function PackageFacts({ entry, about }: { entry: Entry; about: PackageDocumentation }) {
  const { licenses, homepage, mainProgram, outputs, platforms } = about
  return (
    <>
      <div class="about-actions">
        <button type="button" class="pill lantern" onClick={() => void buildPackage(entry)}>
          <BuildIcon /> Build
        </button>
        <button type="button" class="pill" onClick={() => void tryExpression(entry, entry.id)}>
          <EvaluateIcon /> Evaluate
        </button>
        <button
          type="button"
          class="pill"
          title="Writes its name where the cursor is in the editor"
          onClick={() => insertName(entry.id)}
        >
          <PlusIcon /> Insert
        </button>
      </div>
      <dl class="facts about-facts">
        <Fact name="attribute">
          <code>{entry.id}</code>
        </Fact>
        {about.version !== '' && <Fact name="version">{about.version}</Fact>}
        {licenses.length > 0 && (
          <Fact name={licenses.length === 1 ? 'licence' : 'licences'}>
            {licenses.map((license) => (
              <License key={license.name} license={license} />
            ))}
          </Fact>
        )}
        {homepage !== null && (
          <Fact name="home page">
            <Outside href={homepage}>{homepage.replace(/^https?:\/\/(www\.)?|\/$/g, '')}</Outside>
          </Fact>
        )}
        {mainProgram !== null && (
          <Fact name="program">
            <code>{mainProgram}</code>
          </Fact>
        )}
        {outputs.length > 1 && (
          <Fact name="outputs">
            <code>{outputs.join(' ')}</code>
          </Fact>
        )}
        {platforms.length > 0 && (
          <Fact name="platforms">
            <Platforms platforms={platforms} />
          </Fact>
        )}
      </dl>
      {channel.value !== 'starter' && (
        <p class="about-note">
          This is the starter collection’s. In the workspace, &lt;nixpkgs&gt; is{' '}
          {channel.value === 'none' ? 'nothing' : channel.value} now.
        </p>
      )}
    </>
  )
}

function License({ license: { name, spdxId, url, free } }: { license: PackageLicense }) {
  return (
    <p>
      {url === null ? name : <Outside href={url}>{name}</Outside>}
      {spdxId !== null && spdxId !== name && <span class="faint"> {spdxId}</span>}
      {!free && <span class="chip">not free</span>}
    </p>
  )
}

function Outside({ href, children }: { href: string; children: string }) {
  if (!/^https?:/.test(href)) return <>{children}</>
  return (
    <a class="link" href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

function Platforms({ platforms }: { platforms: readonly string[] }) {
  const first = usual.filter((system) => platforms.includes(system))
  const rest = platforms.filter((system) => !first.includes(system))
  if (rest.length === 0) return <>{first.join(', ')}</>
  return (
    <details class="platforms">
      <summary>
        {first.join(', ')} <span class="faint">and {rest.length} more</span>
      </summary>
      <p class="faint">{rest.join(', ')}</p>
    </details>
  )
}
