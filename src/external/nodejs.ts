import { TagonceError } from '../core/errors.ts'
import { download } from './download.ts'
import type { Http } from './http.ts'

/** Where Node.js is handed out; https://nodejs.org/dist has an index, and a file of digests for each release. */
const DIST = 'https://nodejs.org/dist'

/**
 * The versions that are out, newest first, without a `v`.
 * @example (await nodeVersions(http))[0] // '26.1.0'
 */
export async function nodeVersions(http: Http): Promise<string[]> {
  const response = await http.request(`${DIST}/index.json`)
  const index: unknown = response.status === 200 ? await response.json() : undefined
  if (!Array.isArray(index)) throw unavailable('the list of versions', response.status)
  return index.flatMap((one: unknown) => {
    const version = (one as { version?: unknown } | null)?.version
    return typeof version === 'string' ? [version.replace(/^v/, '')] : []
  })
}

/**
 * Fetches a file of a release, and compares it with the digest that the release gives.
 * @example await fetchNode(http, '26.1.0', 'win-x64/node.exe', '/tmp/x/node.exe')
 */
export async function fetchNode(http: Http, version: string, file: string, to: string): Promise<void> {
  const base = `${DIST}/v${version}`
  const sums = await http.request(`${base}/SHASUMS256.txt`)
  if (sums.status !== 200) throw unavailable(`Node.js ${version}`, sums.status)
  const line = (await sums.text()).split('\n').find((one) => one.endsWith(`  ${file}`))
  if (line === undefined) throw unavailable(`${file} of Node.js ${version}`, 404)
  const fetched = await download(http, `${base}/${file}`, to)
  if (fetched.status !== 200) throw unavailable(`${file} of Node.js ${version}`, fetched.status)
  if (line.split(' ')[0] !== fetched.sha256) {
    throw new TagonceError('network', `${base}/${file} is not what its release says`, {
      hint: 'run it again; where it stays so, something on the way changes it',
    })
  }
}

function unavailable(what: string, status: number): TagonceError {
  const gone = status === 404
  return new TagonceError(gone ? 'build' : 'network', `${DIST} does not give ${what} (status ${status})`, {
    hint: gone ? 'look at `engines.node` in package.json' : 'run the same command again',
  })
}
