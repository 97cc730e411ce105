import { progress, isBuilding } from '../state/build'
import { resultTab, type ResultTab } from '../state/layout'
import { DerivationPane } from './derivation-pane'
import { OutputsPane } from './outputs-pane'
import { StorePane } from './store-pane'
import { Tabs, type Tab } from './tabs'
import { ValuePane, ValueStatus } from './value-pane'

const panes: Record<ResultTab, () => preact.JSX.Element> = {
  value: ValuePane,
  derivation: DerivationPane,
  outputs: OutputsPane,
  store: StorePane,
}

/** What came of the code: its value, the derivation, what was built, and the store. */
export function ResultPane() {
  const tab = resultTab.value
  const Pane = panes[tab]
  const failed = progress.value?.status === 'failed'
  const tabs: Tab<ResultTab>[] = [
    { name: 'value', label: 'Value' },
    { name: 'derivation', label: 'Derivation' },
    {
      name: 'outputs',
      label: 'Outputs',
      ...(isBuilding.value ? { badge: '…' } : failed ? { badge: '!' } : {}),
    },
    { name: 'store', label: 'Store' },
  ]
  return (
    <section class="panel result" aria-label="Result">
      <header class="panel-head">
        <Tabs
          label="Views of the result"
          id="result"
          tabs={tabs}
          chosen={tab}
          choose={(name) => {
            resultTab.value = name
          }}
        />
        <ValueStatus />
      </header>
      <div
        class="panel-body"
        id={`result-panel-${tab}`}
        role="tabpanel"
        aria-labelledby={`result-tab-${tab}`}
      >
        <Pane />
      </div>
    </section>
  )
}
