/** Whether a channel's source is to be downloaded: an address, or `channel:NAME` of nixos.org. */
export function isChannelUrl(source: string): boolean {
  return /^(https?:\/\/|channel:)/.test(source)
}

/**
 * The address of a channel's tarball. A channel of nixos.org, by its name or its directory, has one
 * called nixexprs.tar.xz.
 */
export function tarballUrl(source: string): string {
  const name = /^channel:(.+)$/.exec(source)?.[1]
  const url = name === undefined ? source : `https://nixos.org/channels/${name}`
  const path = URL.canParse(url) ? new URL(url).pathname : url
  const isDirectory = /\/channels\/[^/]+\/?$/.test(path)
  return isDirectory ? `${url.replace(/\/$/, '')}/nixexprs.tar.xz` : url
}
