'use strict'
// Fetches the program from the release at first run, checks it, keeps it, and starts it. Runs on Node.js 16 and later.
const fs = require('fs')
const os = require('os')
const path = require('path')
const crypto = require('crypto')
const { run, fail, cannotStart, unsupported } = require('./run.js')
const table = require('./table.json')

/** Starts a program of this package. */
module.exports = function launch(program) {
  const here = `${process.platform}-${process.arch}`
  const target = (table.platforms[here] || {})[program]
  if (target === undefined) fail(unsupported(program, table, Object.keys(table.platforms)))
  const file = path.join(cacheFolder(), target.binary.sha256.slice(0, 16), target.file)
  const start = () => run(file, (error) => cannotStart(program, file, error))
  if (isThere(file, target)) start()
  else obtain(target, file).then(start, (error) => fail(explain(program, target, file, error)))
}

/** Where programs are kept: a folder of the user's, per package and version. */
function cacheFolder() {
  const set = process.env[table.cacheVariable]
  if (set) return path.resolve(set)
  const home = os.homedir()
  let base = process.env.XDG_CACHE_HOME || path.join(home, '.cache')
  if (process.platform === 'darwin') base = path.join(home, 'Library', 'Caches')
  if (process.platform === 'win32') base = process.env.LOCALAPPDATA || path.join(home, 'AppData', 'Local')
  return path.join(base, table.name.replace(/^@/, '').replace('/', '-'), table.version)
}

// A kept program was checked before it got its name, so its size is enough here.
function isThere(file, target) {
  try {
    return fs.statSync(file).size === target.binary.size
  } catch {
    return false
  }
}

async function obtain(target, file) {
  const { download } = require('./fetch.js')
  const { extract } = require('./unpack.js')
  const folder = path.dirname(file)
  fs.mkdirSync(folder, { recursive: true })
  // Two that start at once work in files of their own; the last rename wins, and both made the same.
  const mark = `.${process.pid}-${crypto.randomBytes(6).toString('hex')}`
  const archive = path.join(folder, `${mark}.archive`)
  const binary = path.join(folder, `${mark}.program`)
  try {
    if (process.stderr.isTTY) process.stderr.write(table.name + ' ' + table.version + ': fetching ' + target.url + '\n')
    const got = await download(target.url, archive)
    if (got !== target.sha256) throw problem('EDIGEST', { of: target.url, expected: target.sha256, got })
    await extract(archive, target.format, target.path, binary)
    const inside = await sha256(binary)
    if (inside !== target.binary.sha256) {
      throw problem('EDIGEST', { of: target.path + ' in ' + target.url, expected: target.binary.sha256, got: inside })
    }
    fs.chmodSync(binary, 0o755)
    try {
      fs.renameSync(binary, file)
    } catch (error) {
      // Windows keeps a running program from being replaced; the other one has put the same there.
      if (!isThere(file, target)) throw error
    }
  } finally {
    for (const one of [archive, binary]) fs.rmSync(one, { force: true })
  }
}

function sha256(file) {
  return new Promise((resolve, reject) => {
    const hash = crypto.createHash('sha256')
    fs.createReadStream(file)
      .on('error', reject)
      .on('data', (chunk) => hash.update(chunk))
      .on('end', () => resolve(hash.digest('hex')))
  })
}

function problem(code, facts) {
  return Object.assign(new Error(code), { code }, facts)
}

const DISK = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST'])
const OFFLINE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EIDLE',
  'EPIPE',
])

/** What is wrong and how to mend it. */
function explain(program, target, file, error) {
  const host = new URL(error.url || target.url).host
  const lead = `${program}: the program of ${table.name}@${table.version}`
  const report = table.bugs ? ` If it stays so, tell its makers: ${table.bugs}` : ''
  const byHand = [
    `  Without a network: fetch ${target.url} elsewhere, take ${target.path} out of it,`,
    `  and put it here, executable: ${file}`,
  ]
  if (error.code === 'EDIGEST') {
    return [
      `${lead} was not started: ${error.of} is not what was released.`,
      `  expected sha256 ${error.expected}`,
      `  got      sha256 ${error.got}`,
      '  Something on the way changed it (a proxy, a mirror), or the file of the release was replaced. It was deleted.',
      `  Mend: run again, from another network if need be.${report}`,
    ]
  }
  if (error.code === 'ESTATUS' && (error.status === 404 || error.status === 410)) {
    return [
      `${lead} is not at ${target.url} (${error.status}): the release was removed, or is not public.`,
      `  Mend: npm install -g ${table.name}@latest   (or another version).${report}`,
    ]
  }
  if (error.code === 'ESTATUS') {
    return [
      `${lead} could not be fetched: ${host} answered ${error.status}.`,
      `  Mend: run again in some minutes.${report}`,
    ]
  }
  if (error.code === 'EPROXY') {
    const mend =
      error.status === 407
        ? `put user and password into HTTPS_PROXY: http://user:password@${error.proxy}`
        : `have ${host} allowed there, or set HTTPS_PROXY to another proxy, or NO_PROXY=${host} where none is needed.`
    return [
      `${lead} could not be fetched: the proxy ${error.proxy} refused ${host} (${error.reason}).`,
      `  Mend: ${mend}`,
    ].concat(byHand)
  }
  if (DISK.has(error.code) && error.path !== undefined) {
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT'
    return [
      `${lead} could not be kept in ${path.dirname(file)} (${error.code}).`,
      `  Mend: ${full ? 'make room there, or ' : ''}set ${table.cacheVariable} to a folder that can be written and executed from.`,
    ]
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(String(error.code))) {
    return [
      `${lead} could not be fetched: the certificate of ${host} is not trusted (${error.code}).`,
      `  A proxy or a virus scanner that opens TLS shows its own. Mend: NODE_EXTRA_CA_CERTS=/path/to/its-ca.pem ${program}`,
    ]
  }
  if (OFFLINE.has(error.code)) {
    const through = error.proxy === undefined ? '' : ` through the proxy ${error.proxy}`
    return [
      `${lead} could not be fetched: no connection to ${host}${through} (${error.code}).`,
      `  Mend: connect and run again; behind a proxy, set HTTPS_PROXY${through === '' ? '' : ' right'}.`,
    ].concat(byHand)
  }
  return [`${lead} could not be fetched or unpacked: ${error.message}.`, `  Mend: run again.${report}`].concat(byHand)
}
