import { utf8ToByteString } from '@snowglobe/shared/bytes'
import type { Documentation } from '../intelligence/documentation'
import type { BackendClient } from './backend-client'
import type { Channels } from './channels'
import { mountPack } from './mount-pack'
import { starterChannel } from './wanted-channel'

/** What is told of the collection that the page brings along, loaded when it is first asked for. */
export class DocumentationDesk {
  private loaded: Promise<Documentation> | null = null

  constructor(
    private readonly backend: Pick<BackendClient, 'documentation'>,
    private readonly channels: Pick<Channels, 'packOf' | 'bytes'>,
  ) {}

  /** Throws BackendError where it cannot be had; the next question tries again. */
  documentation(): Promise<Documentation> {
    if (this.loaded === null) {
      const loading = this.backend.documentation()
      this.loaded = loading
      loading.catch(() => {
        if (this.loaded === loading) this.loaded = null
      })
    }
    return this.loaded
  }

  /** The text of a file of the collection, by its name in there. Throws ChannelError, HostError. */
  async file(name: string): Promise<string> {
    const { storePath } = await this.documentation()
    const channel = await this.channels.packOf({
      channel: starterChannel,
      channelPath: storePath,
    })
    const { files } = mountPack(await this.channels.bytes(channel), channel.storePath)
    return new TextDecoder().decode(files.readFile(utf8ToByteString(`/${name}`)))
  }
}
