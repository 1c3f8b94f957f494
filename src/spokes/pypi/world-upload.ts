import { createHash } from 'node:crypto'
import { copyFileSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { FormatError } from '../../formats/format-error.ts'
import { readWheel } from '../../formats/wheel-reader.ts'
import type { WorldRequest, WorldStore } from '../world.ts'
import { distributionName, isName, isStdlibName, normalName } from './name.ts'
import { checkedAttestations, keepAttestations } from './world-attestations.ts'
import { accounts, indexHost, loadProject, refuse, saveProject, userOf } from './world-state.ts'
import { isSupportedTag } from './world-tags.ts'

/** https://docs.pypi.org/project-management/storage-limits/ */
const MOST = 100 * 1024 * 1024
const OPEN_DAYS = 14

/** A release's number as PyPI normalises it: no local part, which it refuses. */
const VERSION = /^\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?(\.dev\d+)?$/

/** `POST /legacy/`: the checks of warehouse (forklift/legacy.py), in its order and its words. */
export async function uploadFile(request: WorldRequest, store: WorldStore): Promise<Response> {
  const user = userOf(request, store)
  if (user instanceof Response) return user
  const form = await formOf(request)
  if (form === undefined) return refuse(400, 'Invalid form')
  const text = (key: string): string => {
    const value = form.get(key)
    return typeof value === 'string' ? value : ''
  }
  if (text(':action') !== 'file_upload' || text('protocol_version') !== '1')
    return refuse(400, 'Unknown protocol version')
  const content = form.get('content')
  if (!(content instanceof File)) return refuse(400, 'Upload payload does not have a file.')
  const name = text('name')
  const version = text('version')
  const field = fieldProblem(text, name, version)
  if (field !== undefined) return refuse(400, field)
  const host = indexHost(request.host)
  const key = normalName(name)
  const project = loadProject(store, host, key)
  if (user.projects !== undefined && !user.projects.includes(key)) {
    if (user.workflow === true && project === undefined)
      return refuse(
        400,
        'Non-user identities cannot create new projects. This was probably caused by successfully using a pending publisher but specifying the project name incorrectly.',
      )
    return refuse(
      403,
      `The given token isn't allowed to upload to project '${name}'. See https://pypi.org/help/#project-name for more information.`,
    )
  }
  if (project === undefined) {
    if (isStdlibName(name) || accounts(store).forbidden?.includes(key) === true)
      return refuse(
        400,
        `The name '${name}' isn't allowed. See https://pypi.org/help/#project-name for more information.`,
      )
  } else if (user.workflow !== true && project.owner !== user.name) {
    return refuse(
      403,
      `The user '${user.name}' isn't allowed to upload to project '${name}'. See https://pypi.org/help/#project-name for more information.`,
    )
  }
  if (project?.status !== undefined) return refuse(400, `Project ${project.status}; uploads are not allowed.`)
  const { name: filename } = content
  if (content.size > MOST)
    return refuse(
      400,
      `File too large. Limit for project '${name}' is 100 MB. See https://pypi.org/help/#file-size-limit for more information.`,
    )
  const bytes = Buffer.from(await content.arrayBuffer())
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (text('sha256_digest') !== '' && text('sha256_digest') !== sha256)
    return refuse(400, 'The digest supplied does not match a digest calculated from the uploaded file.')
  const parts = /^([^-]+)-([^-]+)-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(filename)
  if (parts === null) return refuse(400, `Invalid filename: '${filename}'`)
  if (parts[1] !== distributionName(name))
    return refuse(400, `Start filename for '${name}' with '${distributionName(name)}'.`)
  if (parts[2] !== version) return refuse(400, `Version in filename should be '${version}' not '${parts[2]}'.`)
  const bad = (parts[5] ?? '').split('.').find((tag) => !isSupportedTag(tag))
  if (bad !== undefined) return refuse(400, `Binary wheel '${filename}' has an unsupported platform tag '${bad}'.`)
  const files = project?.files ?? []
  const same = files.find((one) => one.filename === filename)
  if (same?.sha256 === sha256) return new Response('', { status: 200 })
  if (same !== undefined || files.some((one) => one.sha256 === sha256))
    return refuse(
      400,
      `File already exists ('${filename}', with blake2_256 hash '${sha256}'). See https://pypi.org/help/#file-name-reuse for more information.`,
    )
  if (project?.deleted?.includes(filename) === true)
    return refuse(
      400,
      'This filename was previously used by a file that has since been deleted. Use a different version. See https://pypi.org/help/#file-name-reuse for more information.',
    )
  const first = files.filter((one) => one.version === version).map((one) => Date.parse(one.uploaded))
  if (first.length > 0 && Date.now() - Math.min(...first) > OPEN_DAYS * 86_400_000)
    return refuse(
      400,
      'Uploading new files to releases older than 14 days is not allowed. Create a new release instead.',
    )
  const attested = await checkedAttestations(text('attestations'), { filename, sha256 }, user)
  if (attested instanceof Response) return attested
  const blob = store.blob(`files/${host}/${filename}`)
  const incoming = `${blob}.incoming`
  writeFileSync(incoming, bytes)
  const problem = await insideProblem(incoming, bytes, name, version)
  // Nothing is awaited from here on: two uploads at once are one after the other.
  if (problem === undefined) copyFileSync(incoming, blob)
  rmSync(incoming)
  if (problem !== undefined) return refuse(400, problem)
  const now = loadProject(store, host, key) ?? { name, owner: user.name, files: [] }
  const uploaded = new Date().toISOString()
  const file = { filename, version, sha256, size: bytes.length, requiresPython: text('requires_python'), uploaded }
  if (attested !== undefined) keepAttestations(store, host, filename, attested)
  saveProject(store, host, key, { ...now, files: [...now.files.filter((one) => one.filename !== filename), file] })
  return new Response('', { status: 200 })
}

async function formOf(request: WorldRequest): Promise<FormData | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('multipart/form-data')) return undefined
  try {
    return await new Response(new Uint8Array(await request.body()), { headers: { 'content-type': type } }).formData()
  } catch {
    return undefined
  }
}

/** What core metadata may not say. */
function fieldProblem(text: (key: string) => string, name: string, version: string): string | undefined {
  const known = ['1.0', '1.1', '1.2', '2.1', '2.2', '2.3', '2.4', '2.5']
  if (!known.includes(text('metadata_version'))) return `'${text('metadata_version')}' is not a valid metadata version.`
  if (!isName(name)) return `'${name}' is invalid for 'name'. Start and end with a letter or numeral.`
  if (version.includes('+')) return `The use of local versions in <Version('${version}')> is not allowed.`
  if (!VERSION.test(version)) return `'${version}' is an invalid value for Version.`
  if (text('summary').length > 512) return "'summary' field must be 512 characters or less."
  if (/[\r\n]/.test(text('summary'))) return "'summary' must be one line."
  if (text('filetype') !== 'bdist_wheel') return 'Use a known file type.'
  if (text('pyversion') !== 'py3') return 'Python version is required for binary distribution uploads.'
  if (
    text('description_content_type') !== '' &&
    !/^text\/(markdown|x-rst|plain)\b/.test(text('description_content_type'))
  )
    return 'The description_content_type is invalid.'
  return undefined
}

/** What PyPI looks for inside: its zip rules, RECORD, METADATA that says the same as the form. */
async function insideProblem(path: string, bytes: Buffer, name: string, version: string): Promise<string | undefined> {
  try {
    // warehouse, utils/zipfiles.py: bit 3 of the flags of a local header.
    if (bytes.length < 30 || bytes.readUInt32LE(0) !== 0x04034b50) return 'Invalid distribution file. Not a zip file.'
    if ((bytes.readUInt16LE(6) & 8) !== 0)
      return 'Invalid distribution file. ZIP archive not accepted: ZIP contains a data descriptor. See https://docs.pypi.org/archives for more information'
    const { metadata } = await readWheel(path)
    const field = (key: string): string => new RegExp(`^${key}: (.*)$`, 'm').exec(metadata)?.[1]?.trim() ?? ''
    if (normalName(field('Name')) !== normalName(name) || field('Version') !== version)
      return 'Invalid distribution metadata: METADATA names another project or version'
    return undefined
  } catch (error) {
    if (error instanceof FormatError) return `Invalid distribution file. ${error.message}`
    throw error
  }
}

/** The bytes of a kept file. */
export function keptFile(store: WorldStore, host: string, filename: string): Promise<Buffer> {
  return readFile(store.blob(`files/${host}/${filename}`))
}
