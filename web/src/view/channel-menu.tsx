import { describeSize } from '../format/size'
import { channels, chooseChannel, chosenChannel, downloading } from '../state/channels'
import { channel, channelPath } from '../state/workspace'
import { ChannelIcon } from './icons'
import { Menu, type MenuItem } from './menu'

/** Chooses what `<nixpkgs>` means. Where there is nothing to choose from, there is nothing to see. */
export function ChannelMenu() {
  const all = channels.value ?? []
  const name = channel.value
  const chosen = chosenChannel.value
  if (all.length === 0 && name === 'none') return null
  const progress = downloading.value
  const percent =
    progress === null ? null : Math.floor((100 * progress.received) / Math.max(progress.size, 1))
  const isMissing = name !== 'none' && channels.value !== null && chosen === null
  const isOther = chosen !== null && isOtherTree(chosen.storePath)

  const items: MenuItem[] = all.map((item) => ({
    label: item.name,
    detail: [item.label, item.kept ? 'kept in this browser' : describeSize(item.size)]
      .filter(Boolean)
      .join(' · '),
    checked: item === chosen && !isOther,
    run: () => chooseChannel(item),
  }))
  if (isMissing) {
    items.push({ label: name, detail: 'not here', checked: true, disabled: true, run: () => {} })
  }
  return (
    <Menu
      label="Channel"
      class={`channel-button ${isMissing || isOther ? 'warned' : ''}`}
      title={describe(name, isMissing, isOther)}
      sections={[
        { title: 'What <nixpkgs> means', items },
        {
          items: [{ label: 'Nothing', checked: name === 'none', run: () => chooseChannel(null) }],
        },
      ]}
    >
      <ChannelIcon />
      <span class="channel-name">{name === 'none' ? 'no channel' : name}</span>
      {percent !== null && (
        <>
          <span class="channel-percent">{percent} %</span>
          <progress
            class="channel-progress"
            value={percent}
            max={100}
            aria-label={`Downloading ${progress!.name}`}
          />
        </>
      )}
    </Menu>
  )
}

function isOtherTree(storePath: string): boolean {
  return channelPath.value !== undefined && channelPath.value !== storePath
}

function describe(name: string, isMissing: boolean, isOther: boolean): string {
  if (name === 'none') return 'Choose what <nixpkgs> means'
  if (isMissing) return `${name} is not here: choose another channel`
  if (isOther) {
    return `${name} is another version here than this was written with: choose it again to keep this one`
  }
  return `<nixpkgs> is ${name}`
}
