/** Mercurial, as it is kept from everything but the proxy. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GuardedKind } from './guarded-program'

/**
 * An extension of Mercurial, which is in Python. Of its own accord Mercurial follows a redirect to
 * `ftp:` past every proxy, and starts other programs; with this it connects to the proxy and nothing
 * else, looks no name up and starts nothing.
 */
const extension = (port: string) => `
import socket, subprocess

def refused(*args, **kwargs):
    raise OSError("only what the proxy lets through is reached")

def guarded(original):
    def connect(self, address):
        if tuple(address[:2]) != ("127.0.0.1", ${port}):
            refused()
        return original(self, address)
    return connect

def local(original):
    def look_up(host, *args, **kwargs):
        if host not in ("127.0.0.1", b"127.0.0.1"):
            refused()
        return original(host, *args, **kwargs)
    return look_up

socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
socket.getaddrinfo = local(socket.getaddrinfo)
socket.gethostbyname = local(socket.gethostbyname)
socket.gethostbyname_ex = local(socket.gethostbyname_ex)
subprocess.Popen.__init__ = refused
`

export const guardedMercurial: GuardedKind = {
  program: 'hg',
  missing:
    'this server has no Mercurial (hg): ask whoever runs it to install that, or fetch an archive of the repository (fetchTarball)',
  guard(proxy, temporary, { stallMilliseconds, certificates }) {
    const file = join(temporary, 'guard.py')
    writeFileSync(file, extension(new URL(proxy).port))
    return {
      settings: [
        '--noninteractive',
        ...[
          `extensions.guard=${file}`,
          'extensions.guard:required=yes',
          // Else it goes to this very machine without the proxy.
          'http_proxy.always=yes',
          `http.timeout=${Math.ceil(stallMilliseconds / 1000)}`,
          // Files that a server names to begin with, wherever they are.
          'ui.clonebundles=no',
          'worker.enabled=no',
          ...(certificates === null ? [] : [`web.cacerts=${certificates}`]),
        ].flatMap((setting) => ['--config', setting]),
      ],
      environment: {
        HGPLAIN: '1',
        HGRCPATH: '',
        HGRCSKIPREPO: '1',
        HGENCODING: 'utf-8',
        PYTHONDONTWRITEBYTECODE: '1',
        http_proxy: proxy,
      },
    }
  },
}
