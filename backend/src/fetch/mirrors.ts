/**
 * What `mirror://SITE/PATH` stands for. The names of sites are those of nixpkgs' `fetchurl`; where the
 * files are is each project's own public list of mirrors.
 */

import { hostAndPort } from './host-and-port'

/** Addresses that hold the same files, the preferred ones first; each ends with a slash. */
const knownMirrors: Readonly<Record<string, readonly string[]>> = {
  alsa: ['https://www.alsa-project.org/files/pub/'],
  apache: [
    'https://dlcdn.apache.org/',
    'https://downloads.apache.org/',
    'https://archive.apache.org/dist/',
  ],
  bioc: ['https://bioconductor.org/packages/release/bioc/'],
  centos: ['https://vault.centos.org/', 'https://archive.kernel.org/centos-vault/'],
  cpan: ['https://cpan.metacpan.org/', 'https://www.cpan.org/'],
  cran: ['https://cran.r-project.org/src/contrib/', 'https://cloud.r-project.org/src/contrib/'],
  debian: ['http://deb.debian.org/debian/', 'http://archive.debian.org/debian/'],
  'debian-security': ['http://deb.debian.org/debian-security/'],
  fedora: [
    'https://dl.fedoraproject.org/pub/fedora/',
    'https://archives.fedoraproject.org/pub/archive/fedora/',
  ],
  gcc: ['https://gcc.gnu.org/pub/gcc/', 'https://ftpmirror.gnu.org/gcc/'],
  gentoo: ['https://distfiles.gentoo.org/', 'https://ftp.fau.de/gentoo/'],
  gnome: ['https://download.gnome.org/', 'https://ftp.acc.umu.se/pub/GNOME/'],
  gnu: ['https://ftpmirror.gnu.org/', 'https://ftp.gnu.org/pub/gnu/'],
  gnupg: [
    'https://gnupg.org/ftp/gcrypt/',
    'https://www.mirrorservice.org/sites/ftp.gnupg.org/gcrypt/',
  ],
  hackage: ['https://hackage.haskell.org/package/'],
  ibiblioPubLinux: ['https://www.ibiblio.org/pub/Linux/'],
  imagemagick: ['https://imagemagick.org/archive/releases/', 'https://imagemagick.org/archive/'],
  kde: ['https://download.kde.org/', 'https://mirrors.ocf.berkeley.edu/kde/'],
  kernel: ['https://cdn.kernel.org/pub/', 'https://mirrors.edge.kernel.org/pub/'],
  luarocks: ['https://luarocks.org/', 'https://moonrocks.github.io/'],
  maven: ['https://repo1.maven.org/maven2/'],
  metalab: ['https://www.ibiblio.org/pub/Linux/'],
  mozilla: ['https://download.cdn.mozilla.net/pub/', 'https://archive.mozilla.org/pub/'],
  mysql: ['https://cdn.mysql.com/Downloads/', 'https://downloads.mysql.com/archives/get/file/'],
  openbsd: ['https://cdn.openbsd.org/pub/OpenBSD/', 'https://ftp.openbsd.org/pub/OpenBSD/'],
  opensuse: ['https://download.opensuse.org/'],
  osdn: ['https://osdn.dl.osdn.jp/', 'https://osdn.mirror.constant.com/'],
  postgresql: ['https://ftp.postgresql.org/pub/'],
  pypi: ['https://files.pythonhosted.org/packages/source/'],
  qt: ['https://download.qt.io/', 'https://mirrors.ocf.berkeley.edu/qt/'],
  sageupstream: ['https://mirrors.mit.edu/sage/spkg/upstream/'],
  samba: ['https://download.samba.org/pub/samba/'],
  savannah: ['https://download.savannah.nongnu.org/releases/', 'https://ftp.gnu.org/non-gnu/'],
  sourceforge: ['https://downloads.sourceforge.net/', 'https://master.dl.sourceforge.net/project/'],
  steamrt: ['https://repo.steampowered.com/steamrt/'],
  tcsh: ['https://astron.com/pub/tcsh/'],
  ubuntu: ['http://archive.ubuntu.com/ubuntu/', 'http://old-releases.ubuntu.com/ubuntu/'],
  xfce: ['https://archive.xfce.org/', 'https://mirror.netcologne.de/xfce/'],
  xorg: ['https://xorg.freedesktop.org/releases/', 'https://www.x.org/releases/'],
}

/** One address that a URL may stand for. */
export interface MirrorUrl {
  url: string
  /** Whether the host is one that the operator named. */
  trusted: boolean
}

export class Mirrors {
  private readonly own = new Map<string, string[]>()

  /** `own` are the operator's: by site, asked before those that everybody knows. */
  constructor(own: ReadonlyMap<string, readonly string[]> = new Map()) {
    for (const [site, addresses] of own) this.own.set(site, addresses.map(withSlash))
  }

  /** The hosts that the operator named, as rules for connections have them. */
  get trustedHosts(): string[] {
    const hosts = [...this.own.values()].flat().map(hostAndPort)
    return hosts.filter((host) => host !== null)
  }

  /** What a URL stands for: itself, unless it begins with `mirror://`. Empty for an unknown site. */
  expand(url: string): MirrorUrl[] {
    const match = /^mirror:\/\/([^/]+)\/+(.*)$/s.exec(url)
    if (match === null) return [{ url, trusted: false }]
    const [, site = '', path = ''] = match
    const own = (this.own.get(site) ?? []).map((base) => ({ base, trusted: true }))
    const known = Object.hasOwn(knownMirrors, site) ? knownMirrors[site]! : []
    // What apt has is often what everybody knows.
    const others = known.filter((base) => !own.some((mirror) => mirror.base === base))
    return [...own, ...others.map((base) => ({ base, trusted: false }))]
      .map(({ base, trusted }) => ({ url: base + path, base, trusted }))
      .filter(({ url, base }) => isBelow(url, base))
  }
}

/** With `..` in it a path could lead to what else the operator's server has. */
function isBelow(url: string, base: string): boolean {
  return URL.canParse(url) && new URL(url).href.startsWith(new URL(base).href)
}

function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`
}
