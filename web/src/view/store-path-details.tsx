import type { PathDetails } from '@snowglobe/worker/browser/api'
import { describeSize } from '../format/size'
import { nameOf, openStorePath } from '../state/store'
import { askWhy, backToPaths, details, keepPath, why, whyTarget } from '../state/store-care'
import { AskedFor } from './asked'
import { Fact } from './fact'
import { BackIcon } from './icons'
import { PathButton, PathList } from './path-button'
import { PathQuestion } from './path-question'
import { StoreComparison } from './store-comparison'

/** One path: how large it is, what it needs, who needs it, and what keeps it. */
export function StorePathDetails({ path }: { path: string }) {
  return (
    <div class="path-details">
      <button type="button" class="link back" onClick={backToPaths}>
        <BackIcon /> All paths
      </button>
      <h3 class="derivation-name">{nameOf(path)}</h3>
      <p class="path-text">{path}</p>
      <AskedFor asked={details.value} busy="Looking around…">
        {(found) =>
          found === null ? (
            <p class="note">
              Its contents are not in this store, but a cache has them.{' '}
              <button type="button" class="link" onClick={() => openStorePath(path)}>
                Fetch and open it
              </button>
            </p>
          ) : (
            <Found details={found} />
          )
        }
      </AskedFor>
    </div>
  )
}

function Found({ details: found }: { details: PathDetails }) {
  const { path, kept, keptBy, closure, outputs } = found
  return (
    <>
      <div class="path-actions">
        <button type="button" class="pill" onClick={() => openStorePath(path)}>
          {path.endsWith('.drv') ? 'Open the derivation' : 'Open its files'}
        </button>
        <button type="button" class="pill" onClick={() => void keepPath(path, !kept)}>
          {kept ? 'Let go' : 'Keep'}
        </button>
      </div>
      <dl class="facts">
        <Fact name="size">
          {describeSize(found.narSize)}
          {closure.length > 1 && (
            <span class="faint">
              , {describeSize(found.closureSize)} with all it refers to ({closure.length} paths)
            </span>
          )}
        </Fact>
        <Fact name="kept by">
          {keptBy.length === 0 ? (
            <span class="faint">nothing: garbage collection deletes it</span>
          ) : (
            <ul>
              {keptBy.slice(0, 8).map(({ name }) => (
                <li key={name}>{describeRoot(name)}</li>
              ))}
            </ul>
          )}
        </Fact>
        {found.deriver !== null && (
          <Fact name="built by">
            <PathButton path={found.deriver} />
          </Fact>
        )}
        {outputs.length > 0 && (
          <Fact name="outputs">
            <ul>
              {outputs.map(({ name, path, valid }) => (
                <li key={name}>
                  <span class="field">{name}</span>{' '}
                  {valid ? (
                    <PathButton path={path} />
                  ) : (
                    <span class="faint">not in this store</span>
                  )}
                </li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="refers to">
          {found.refersToItself && <p class="faint">itself</p>}
          {!(found.refersToItself && found.references.length === 0) && (
            <PathList paths={found.references} />
          )}
        </Fact>
        <Fact name="referred to by">
          <PathList paths={found.referrers} />
        </Fact>
      </dl>
      <StoreComparison path={path} />
      {closure.length > 1 && <Why paths={closure.filter((member) => member !== path)} />}
    </>
  )
}

/** A root's name as a person knows it. */
export function describeRoot(name: string): string {
  if (name.startsWith('kept/')) return `you (${nameOf(`/${name.slice('kept/'.length)}`)})`
  if (/^result(-\d+)?$/.test(name)) return `${name}: the last build`
  return name === '{temp}' ? 'work that is going on' : name
}

/** Why the path depends on another of its closure, down to the bytes. */
function Why({ paths }: { paths: readonly string[] }) {
  return (
    <PathQuestion
      question="Why does it depend on…"
      chosen={whyTarget.value}
      choose={(path) => void askWhy(path)}
      options={[...paths].reverse().map((path) => (
        <option key={path} value={path}>
          {nameOf(path)}
        </option>
      ))}
    >
      <AskedFor asked={why.value} busy="Searching its files…">
        {(steps) =>
          steps === null ? (
            <p class="note">It does not.</p>
          ) : (
            <ol class="why-steps">
              {steps.map(({ from, to, occurrences }) => (
                <li key={from}>
                  <PathButton path={from} />
                  <ul class="occurrences">
                    {occurrences.slice(0, 5).map(({ file, where, offset, context }) => (
                      <li key={`${file} ${where} ${offset}`}>
                        <span class="field">{file === '' ? 'the file' : file}</span>
                        <span class="faint">
                          {where === 'link' && ' (where it links to)'}
                          {where === 'name' && ' (its name)'}, byte {offset}
                        </span>
                        <code class="occurrence">{context}</code>
                      </li>
                    ))}
                    {occurrences.length > 5 && (
                      <li class="faint">and {occurrences.length - 5} places more</li>
                    )}
                    {occurrences.length === 0 && (
                      <li class="faint">It says so itself: its contents do not hold the path.</li>
                    )}
                  </ul>
                  {to === steps.at(-1)?.to && <PathButton path={to} />}
                </li>
              ))}
            </ol>
          )
        }
      </AskedFor>
    </PathQuestion>
  )
}
