import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { showEntry } from '../state/reference'
import { BackIcon, ShareIcon } from '../view/icons'
import { Nix } from '../view/nix'
import { copyLink } from './actions'
import { siblingsOf } from './catalogue'
import { nameInGroup, type Entry } from './entries'
import { Examples } from './examples'
import { Markdown } from './markdown'
import { PackageFacts } from './package-facts'
import { Source } from './source'

/** All that is told of one thing. */
export function EntryPage({ entry, back }: { entry: Entry; back: () => void }) {
  const heading = useRef<HTMLHeadingElement>(null)
  // Those who listen hear what was opened, and the keyboard goes on from there.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])

  const prefix = entry.id.slice(0, entry.id.length - entry.name.length)
  return (
    <article
      class="panel-body about"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        back()
      }}
    >
      <nav class="about-nav" aria-label="Way back">
        <button type="button" class="about-back" title="Back to the list (Escape)" onClick={back}>
          <BackIcon /> All
        </button>
        <span class="spacer" />
        <button
          type="button"
          class="icon-button small"
          aria-label="Copy a link to this"
          title="Copy a link to this"
          onClick={() => void copyLink(entry.id)}
        >
          <ShareIcon />
        </button>
      </nav>
      <h1 class="about-name" ref={heading} tabIndex={-1}>
        <span class="about-prefix">{prefix}</span>
        <wbr />
        {entry.name}
      </h1>
      <p class="about-kind">
        <Kind entry={entry} />
      </p>
      <Told entry={entry} />
      <Siblings entry={entry} />
    </article>
  )
}

/** So many names beside an entry are shown without being asked for. */
const fewSiblings = 60

function Siblings({ entry }: { entry: Entry }) {
  const all = siblingsOf(entry)
  if (all.length < 2) return null
  return (
    <details class="about-section siblings" open={all.length <= fewSiblings}>
      <summary>
        More of {entry.group} <span class="faint">{all.length - 1}</span>
      </summary>
      <ul>
        {all.map((other) => (
          <li key={other.id}>
            {other.id === entry.id ? (
              <span aria-current="true">{nameInGroup(other)}</span>
            ) : (
              <EntryLink id={other.id}>{nameInGroup(other)}</EntryLink>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

/** A link within the Reference, which can be opened in another tab as well. */
function EntryLink({ id, children }: { id: string; children: string }) {
  return (
    <a
      class="link"
      href={`#docs=${encodeURIComponent(id)}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        showEntry(id)
      }}
    >
      {children}
    </a>
  )
}

function Kind({ entry }: { entry: Entry }) {
  const others = entry.names.filter((name) => name !== entry.id)
  const also = others.length > 0 && (
    <>
      {' · also '}
      {others.map((name, at) => (
        <span key={name}>
          {at > 0 && ', '}
          <code>{name}</code>
        </span>
      ))}
    </>
  )
  switch (entry.kind) {
    case 'builtin': {
      const { since, args } = entry.about
      return (
        <>
          {args.length > 0 ? 'Builtin function' : 'Builtin constant'}
          {since !== null && ` · in Nix since ${since}`}
          {also}
        </>
      )
    }
    case 'function':
      return (
        <>
          {entry.group === 'pkgs'
            ? 'Makes packages of the starter collection'
            : 'Function of the library'}
          {also}
        </>
      )
    case 'package':
      return <>Package of the starter collection</>
  }
}

function Told({ entry }: { entry: Entry }) {
  switch (entry.kind) {
    case 'builtin': {
      const { type, args, doc, name } = entry.about
      return (
        <>
          <Type type={type} />
          {args.length > 0 && (
            <pre class="code plain about-call">
              <Nix code={[entry.about.global ? name : entry.id, ...args].join(' ')} />
            </pre>
          )}
          <Markdown text={doc} />
          <Examples entry={entry} />
        </>
      )
    }
    case 'function': {
      const { type, text, inputs, file, line } = entry.about
      return (
        <>
          {type !== null && <Type type={type} />}
          <Markdown text={text} />
          {inputs !== null && (
            <Section title="Arguments">
              <Markdown text={inputs} />
            </Section>
          )}
          <Examples entry={entry} />
          <Source file={file} line={line} />
        </>
      )
    }
    case 'package': {
      const { description, longDescription, file, line } = entry.about
      return (
        <>
          {description !== '' && <p class="about-lead">{description}.</p>}
          {longDescription !== '' && <Markdown text={longDescription} />}
          <PackageFacts entry={entry} about={entry.about} />
          {file !== null && <Source file={file} line={line} />}
        </>
      )
    }
  }
}

function Type({ type }: { type: string }) {
  return (
    <pre class="code plain about-type" role="group" aria-label="Type">
      {type.split(/(->)/).map((part, at) =>
        part === '->' ? (
          <span key={at} class="arrow">
            {part}
          </span>
        ) : (
          part
        ),
      )}
    </pre>
  )
}

export function Section({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="about-section">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
