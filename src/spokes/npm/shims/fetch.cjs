'use strict'
// A download into a file: redirects, proxies and certificate authorities as the environment says, since https of
// Node.js knows no proxy. Runs on Node.js 16 and later.
const fs = require('fs')
const tls = require('tls')
const http = require('http')
const https = require('https')
const crypto = require('crypto')
const { pipeline } = require('stream/promises')

const IDLE = 30000
const TRIES = 3
const PASSING = [408, 425, 429, 500, 502, 503, 504]

/** Fetches an address into a file; gives the sha256 of what came. */
async function download(url, file) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(new URL(url), file, 0)
    } catch (error) {
      const passing =
        error.code === 'ECONNRESET' || error.code === 'EIDLE' || error.code === 'EAI_AGAIN' || error.code === 'ECUT'
      if (attempt === TRIES || !(passing || PASSING.indexOf(error.status) !== -1)) throw error
      const asked = Number(error.wait)
      await new Promise((done) => setTimeout(done, asked > 0 ? Math.min(asked, 30) * 1000 : 300 * attempt * attempt))
    }
  }
}

async function once(url, file, hops) {
  const { response, proxy } = await get(url)
  const where = response.headers.location
  if (response.statusCode >= 300 && response.statusCode < 400 && where !== undefined) {
    response.destroy()
    const next = new URL(where, url)
    if (hops === 10) throw fault('ESTATUS', url, { status: response.statusCode })
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw Object.assign(new Error(url.host + ' leads to ' + next.host + ' without TLS'), { url: next.href })
    }
    return once(next, file, hops + 1)
  }
  if (response.statusCode !== 200) {
    response.destroy()
    throw fault('ESTATUS', url, { status: response.statusCode, wait: response.headers['retry-after'] })
  }
  const hash = crypto.createHash('sha256')
  let size = 0
  response.setTimeout(IDLE, () => response.destroy(fault('EIDLE', url, { proxy })))
  response.on('data', (chunk) => {
    size += chunk.length
    hash.update(chunk)
  })
  try {
    await pipeline(response, fs.createWriteStream(file))
  } catch (error) {
    if (error.path === undefined) error.url = url.href
    throw error
  }
  const told = response.headers['content-length']
  if (told !== undefined && Number(told) !== size) throw fault('ECUT', url, {})
  return hash.digest('hex')
}

function get(url) {
  const proxy = proxyFor(url)
  const shown = proxy && proxy.host
  return new Promise((resolve, reject) => {
    const failed = (error) => reject(Object.assign(error, { url: error.url || url.href, proxy: error.proxy || shown }))
    const ask = (more) => {
      const secure = url.protocol === 'https:'
      // An agent of our own: with NODE_USE_ENV_PROXY the common one would look for a proxy once more.
      const agent = more.createConnection === undefined ? new (secure ? https : http).Agent() : undefined
      const options = { headers: { 'user-agent': 'npm-wrapper' }, agent, ...more }
      const request = (secure ? https : http).get(url, options)
      request.setTimeout(IDLE, () => request.destroy(fault('EIDLE', url, {})))
      request.on('response', (response) => resolve({ response, proxy: shown })).on('error', failed)
    }
    const ca = authorities()
    if (proxy === undefined) return ask(ca)
    if (url.protocol === 'http:') {
      return ask({
        host: proxy.hostname,
        port: proxy.port || 80,
        path: url.href,
        headers: { host: url.host, ...credentials(proxy) },
      })
    }
    tunnel(proxy, url, ca).then((socket) => ask({ ...ca, createConnection: () => socket }), failed)
  })
}

/** A TLS connection to the host, through the proxy. */
function tunnel(proxy, url, ca) {
  const target = url.hostname + ':' + (url.port || 443)
  return new Promise((resolve, reject) => {
    const secure = proxy.protocol === 'https:'
    const request = (secure ? https : http).request({
      ...(secure ? ca : {}),
      agent: new (secure ? https : http).Agent(),
      host: proxy.hostname,
      port: proxy.port || (secure ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...credentials(proxy) },
    })
    request.setTimeout(IDLE, () => request.destroy(fault('EIDLE', url, {})))
    request.on('error', reject)
    request.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy()
        const reason = response.statusCode + ' ' + (response.statusMessage || '')
        return reject(fault('EPROXY', url, { status: response.statusCode, reason: reason.trim(), proxy: proxy.host }))
      }
      const secured = tls.connect({ ...ca, socket, servername: url.hostname }, () => resolve(secured))
      secured.on('error', reject)
    })
    // A proxy that answers a CONNECT like a GET.
    request.on('response', (response) => {
      reject(
        fault('EPROXY', url, { status: response.statusCode, reason: String(response.statusCode), proxy: proxy.host }),
      )
    })
    request.end()
  })
}

function credentials(proxy) {
  if (proxy.username === '') return {}
  const pair = decodeURIComponent(proxy.username) + ':' + decodeURIComponent(proxy.password)
  return { 'proxy-authorization': 'Basic ' + Buffer.from(pair).toString('base64') }
}

/** The proxy for an address, by the usual variables; curl's rules for NO_PROXY. */
function proxyFor(url) {
  const env = (name) => process.env[name.toLowerCase()] || process.env[name]
  const secure = url.protocol === 'https:'
  const set = secure
    ? env('HTTPS_PROXY') || process.env.npm_config_https_proxy || env('ALL_PROXY')
    : process.env.http_proxy || env('ALL_PROXY')
  if (!set || !/^(https?:\/\/)?[^/]+\/?$/i.test(set)) return undefined
  const host = url.hostname.toLowerCase()
  const port = url.port || (secure ? '443' : '80')
  for (const one of (env('NO_PROXY') || '').toLowerCase().split(/[\s,]+/)) {
    if (one === '*') return undefined
    const [name, only] = one.split(':')
    const bare = (name || '').replace(/^\*?\./, '')
    if (bare === '' || (only !== undefined && only !== port)) continue
    if (host === bare || host.endsWith('.' + bare)) return undefined
  }
  return new URL(/^https?:\/\//i.test(set) ? set : 'http://' + set)
}

/** Further certificate authorities: Node.js itself reads only NODE_EXTRA_CA_CERTS, and no more once `ca` is given. */
function authorities() {
  if (!process.env.SSL_CERT_FILE && !process.env.npm_config_cafile) return {}
  const files = ['SSL_CERT_FILE', 'npm_config_cafile', 'NODE_EXTRA_CA_CERTS']
    .map((name) => process.env[name])
    .filter(Boolean)
  const ca = files.flatMap((file) => {
    try {
      return [fs.readFileSync(file, 'utf8')]
    } catch {
      return []
    }
  })
  return ca.length === 0 ? {} : { ca: tls.rootCertificates.concat(ca) }
}

function fault(code, url, facts) {
  return Object.assign(new Error(code), { code, url: url.href }, facts)
}

module.exports = { download }
