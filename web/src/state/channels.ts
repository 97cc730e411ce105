import { batch, computed, signal } from '@preact/signals'
import type { ChannelProgress, ChannelView } from '@snowglobe/worker/browser/api'
import { proxy } from 'comlink'
import { machine } from '../machine'
import { announce } from './announce'
import { channel, channelPath } from './workspace'

/** What `<nixpkgs>` can be here; null until that is known. */
export const channels = signal<ChannelView[] | null>(null)
/** The channel that is being downloaded, because an evaluation needs it. */
export const downloading = signal<ChannelProgress | null>(null)

/** The channel of the workspace among those that are here. Null if it has none or it is not here. */
export const chosenChannel = computed<ChannelView | null>(() => {
  const named = (channels.value ?? []).filter(({ name }) => name === channel.value)
  return named.find(({ storePath }) => storePath === channelPath.value) ?? named[0] ?? null
})

/** Asks which channels there are. */
async function refreshChannels(): Promise<void> {
  channels.value = await machine.channels().catch(() => [])
}

/** Asks which channels there are, and hears of downloads. */
export async function watchChannels(): Promise<void> {
  const hear = (progress: ChannelProgress | null) => {
    const before = downloading.peek()
    downloading.value = progress
    if (before === null && progress !== null) announce(`Downloading ${progress.name}`)
    if (before === null || progress !== null) return
    if (before.received === before.size) announce(`${before.name} is here`)
    void refreshChannels()
  }
  await machine.onChannelProgress(proxy(hear))
  await refreshChannels()
}

/** Makes a channel what `<nixpkgs>` means, or nothing. The very tree is remembered in the snippet. */
export function chooseChannel(next: ChannelView | null): void {
  batch(() => {
    channel.value = next?.name ?? 'none'
    channelPath.value = next?.storePath
  })
}
