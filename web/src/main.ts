import { onMachineFailure } from './machine'
import './style/page.css'
import { effect } from '@preact/signals'
import { h, render } from 'preact'
import { listenForShortcuts } from './shortcuts'
import { forgetBuild, resumeBuild, watchHealth } from './state/build'
import { watchChannels } from './state/channels'
import { evaluateQuickly, evaluateSoon, evaluation, machineFailure } from './state/evaluation'
import { watchEvaluationBuilds } from './state/evaluation-build'
import { firstAnswer } from './state/first-answer'
import { keepDrafts } from './state/keeping'
import { restoreLayout } from './state/layout'
import { keepAnswers } from './state/lesson'
import { followAddress, openAtStart } from './state/opening'
import { followReferenceInAddress } from './state/reference'
import { keepAddressTrue } from './state/share'
import { opening, snippet } from './state/workspace'
import { App } from './view/app'

onMachineFailure((message) => {
  machineFailure.value = message
})
restoreLayout()
await openAtStart()
void evaluateQuickly()
// The workers come up only when this thread takes the messages that say that their scripts are here.
await new Promise((resolve) => setTimeout(resolve))
render(h(App, {}), document.getElementById('page')!)
performance.mark('page-rendered')

keepDrafts()
keepAnswers()
keepAddressTrue()
followAddress()
followReferenceInAddress()
listenForShortcuts()
void firstAnswer.then(() => {
  void watchHealth().then(resumeBuild)
  void watchChannels()
})
void watchEvaluationBuilds()

const unmark = evaluation.subscribe((answer) => {
  if (answer === null) return
  performance.mark('first-evaluation')
  queueMicrotask(() => unmark())
})

let lastOpening = opening.peek()
let isFirst = true
effect(() => {
  void snippet.value
  const isOther = opening.value !== lastOpening
  lastOpening = opening.value
  // What it starts with is being evaluated already.
  if (isFirst) isFirst = false
  else if (isOther) {
    forgetBuild()
    void evaluateQuickly()
  } else evaluateSoon()
})
