import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import type { WingetSettings } from './settings.ts'

/** An identifier: 2 to 8 parts, without what no file name on Windows may hold. */
// oxlint-disable-next-line no-control-regex -- the schema names them
export const IDENTIFIER = /^[^.\s\\/:*?"<>|\u0001-\u001f]{1,32}(?:\.[^.\s\\/:*?"<>|\u0001-\u001f]{1,32}){1,7}$/

const KEY = ['package_identifier']

/** Winget's rules (manifest schema 1.12.0), and what winget-pkgs closes pull requests for. Pure. */
export function checkWinget(settings: WingetSettings, plan: Plan): Finding[] {
  const { packageIdentifier: id } = settings
  const rules = new Rules('winget', `winget ${id}`)
  if (!IDENTIFIER.test(id)) {
    const mend = 'set package_identifier: Publisher.Name'
    rules.error(
      'identifier',
      `${JSON.stringify(id)} is no identifier: it needs 2 to 8 parts of 32 characters`,
      mend,
      KEY,
    )
  }
  // oxlint-disable-next-line no-control-regex -- the schema names them
  if (!/^[^\\/:*?"<>|\u0001-\u001f]{1,128}$/.test(plan.version)) {
    rules.error('version', `the version ${plan.version} is none for winget`, 'leave out \\ / : * ? " < > |')
  }
  rules.required('publisher', settings.publisher)
  rules.required('license', settings.license)
  rules.required('short_description', settings.shortDescription)
  rules.length('publisher', settings.publisher, 2, 256)
  rules.length('package_name', settings.packageName, 2, 256)
  rules.length('author', settings.programAuthor, 2, 256)
  rules.length('license', settings.license, 3, 512)
  rules.length('copyright', settings.copyright, 3, 512)
  rules.length('short_description', settings.shortDescription, 3, 256)
  rules.length('description', settings.description, 3, 10_000)
  rules.length('release_notes', settings.releaseNotes, 1, 10_000)
  rules.length('installation_notes', settings.installationNotes, 1, 10_000)
  rules.length('name', settings.name, 1, 40)
  if (settings.tags.length > 16)
    rules.error('tags', `there are ${settings.tags.length} tags; 16 are allowed`, 'drop some')
  for (const tag of settings.tags) rules.length('tags', tag, 1, 40)
  if (new Set(settings.tags).size < settings.tags.length) rules.error('tags', 'a tag stands there twice', 'drop one')
  const addresses = [
    'publisherUrl',
    'publisherSupportUrl',
    'privacyUrl',
    'homepage',
    'licenseUrl',
    'copyrightUrl',
    'releaseNotesUrl',
  ] as const
  for (const key of addresses)
    rules.address(
      key.replaceAll(/[A-Z]/g, (one) => `_${one.toLowerCase()}`),
      settings[key],
    )
  for (const [at, one] of settings.dependencies.entries()) {
    if (IDENTIFIER.test(one.packageIdentifier)) continue
    rules.error('dependency', `${JSON.stringify(one.packageIdentifier)} is no identifier`, 'mend dependencies:', [
      'dependencies',
      at,
    ])
  }
  if (/(?:^|\/)\.\.(?:\/|$)/.test(settings.path))
    rules.error('path', `path ${settings.path} leaves the repository`, 'mend path:')
  for (const { name } of plan.binaries) rules.length('binary', name.split('/').at(-1) ?? name, 1, 40)
  if (id.length > 128)
    rules.error('identifier', `${id} has ${id.length} characters; 128 are allowed`, 'shorten it', KEY)
  rules.rendered(settings)
  const chosen = rules.chosen(settings.packages, plan, 'a zip or a bare program for Windows')
  if (new Set(chosen.map((one) => one.kind)).size > 1) {
    rules.error('mixed', 'there are zips and bare programs; winget takes one sort', 'choose with ids:', ['ids'])
  }
  rules.once(doubled(chosen, (one) => `windows/${one.platform?.goarch}`))
  return rules.found
}
