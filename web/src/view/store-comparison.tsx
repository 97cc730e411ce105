import { describeSize } from '../format/size'
import { nameOf, paths } from '../state/store'
import { compareWith, comparedWith, comparison } from '../state/store-care'
import { AskedFor } from './asked'
import { PathQuestion } from './path-question'

const othersAtMost = 300

/** What has changed between another path and this one, with all that they refer to. */
export function StoreComparison({ path }: { path: string }) {
  const { builds, others } = candidates(path)
  if (builds.length + others.length === 0) return null
  return (
    <PathQuestion
      question="What has changed since…"
      chosen={comparedWith.value}
      choose={(other) => void compareWith(other)}
      options={
        <>
          <Choices label="Other builds of it" paths={builds} />
          <Choices label="Other paths" paths={others.slice(0, othersAtMost)} />
        </>
      }
    >
      <AskedFor asked={comparison.value} busy="Comparing…">
        {({ packages, sizes: [before, after] }) => (
          <>
            <p class="faint count" role="status">
              {packages.length === 0
                ? `The same paths: ${describeSize(after)}`
                : describeChange(before, after)}
            </p>
            <ul class="path-list comparison">
              {packages.map(({ name, versions, sizeChange }) => (
                <li key={name}>
                  <span class="field">{name}</span>
                  <span>{versions === '' ? 'changed' : versions}</span>
                  <span class="faint">{sizeChange === 0 ? '' : signed(sizeChange)}</span>
                </li>
              ))}
            </ul>
            <Signs versions={packages.map(({ versions }) => versions).join()} />
          </>
        )}
      </AskedFor>
    </PathQuestion>
  )
}

/** What Nix's signs for versions that there are none of mean, where they are used. */
function Signs({ versions }: { versions: string }) {
  const told = [
    ...(versions.includes('∅') ? ['∅: not there'] : []),
    ...(versions.includes('ε') ? ['ε: there, without a version'] : []),
  ]
  return told.length === 0 ? null : <p class="faint count">{told.join('; ')}</p>
}

function Choices({ label, paths }: { label: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <optgroup label={label}>
      {paths.map((path) => (
        <Choice key={path} path={path} />
      ))}
    </optgroup>
  )
}

function Choice({ path }: { path: string }) {
  const hash = /\/([0-9a-z]{8})[0-9a-z]{24}-/.exec(path)?.[1] ?? ''
  return (
    <option value={path}>
      {nameOf(path)} ({hash}…)
    </option>
  )
}

/** Paths to compare with: of the same kind, those of the same package first. */
function candidates(path: string): { builds: string[]; others: string[] } {
  const all = paths.value?.state === 'here' ? paths.value.value : []
  const isDerivation = path.endsWith('.drv')
  const found = all
    .map((one) => one.path)
    .filter((other) => other !== path && other.endsWith('.drv') === isDerivation)
    .sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1))
  const isBuild = (other: string) => packageOf(other) === packageOf(path)
  return { builds: found.filter(isBuild), others: found.filter((other) => !isBuild(other)) }
}

/** A path's name without its version: `hello` of `hello-2.12`. */
function packageOf(path: string): string {
  return nameOf(path)
    .replace(/\.drv$/, '')
    .replace(/-[^a-zA-Z].*$/, '')
}

function describeChange(before: number, after: number): string {
  if (before === after) return `As large as before: ${describeSize(after)}`
  const change = `${describeSize(Math.abs(after - before))} ${after > before ? 'larger' : 'smaller'}`
  return `${change}: ${describeSize(before)} before, ${describeSize(after)} now`
}

function signed(bytes: number): string {
  return `${bytes > 0 ? '+' : '−'}${describeSize(Math.abs(bytes))}`
}
