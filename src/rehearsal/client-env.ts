import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The whole environment of a real client: from empty, since variables and rc files of the machine would win over ours. Which
 * client reads which of these was tried with each; they do not agree.
 * @param home a private folder; becomes HOME
 */
export function clientEnv(proxy: { origin: string; ca: string }, home: string): Record<string, string> {
  mkdirSync(home, { recursive: true })
  const { origin, ca } = proxy
  const wgetrc = join(home, 'wgetrc')
  // wget reads neither the capital variables nor SSL_CERT_FILE.
  writeFileSync(wgetrc, `https_proxy = ${origin}\nhttp_proxy = ${origin}\nca_certificate = ${ca}\n`)
  return {
    ...systemEnv(),
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    LANG: 'C.UTF-8',
    HTTP_PROXY: origin,
    HTTPS_PROXY: origin,
    http_proxy: origin,
    https_proxy: origin,
    // OpenSSL, Go, Ruby, Python's urllib, uv.
    SSL_CERT_FILE: ca,
    CURL_CA_BUNDLE: ca,
    GIT_SSL_CAINFO: ca,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    REQUESTS_CA_BUNDLE: ca,
    PIP_CERT: ca,
    PIP_CONFIG_FILE: process.platform === 'win32' ? 'nul' : '/dev/null',
    NODE_EXTRA_CA_CERTS: ca,
    NODE_USE_ENV_PROXY: '1',
    npm_config_cafile: ca,
    npm_config_cache: join(home, '.npm'),
    npm_config_userconfig: join(home, '.npmrc'),
    npm_config_globalconfig: join(home, 'npmrc-global'),
    npm_config_update_notifier: 'false',
    WGETRC: wgetrc,
  }
}

/** What programs need of the machine to start at all; on Windows more than the PATH. */
export function systemEnv(): Record<string, string> {
  const names = [
    'PATH',
    'TMPDIR',
    'TEMP',
    'TMP',
    'SystemRoot',
    'SystemDrive',
    'ComSpec',
    'PATHEXT',
    'NUMBER_OF_PROCESSORS',
  ]
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])),
  )
}
