import type { PypiSettings } from './settings.ts'

/**
 * The fields of the core metadata, in order. Version 2.1: later ones are refused by tools that are still in use (twine before 6,
 * older GitLab, Artifactory and devpi), and say nothing that a program needs.
 */
export function metadataFields(settings: PypiSettings, readme: string): [name: string, value: string][] {
  const [, name = '', mail = ''] = /^\s*([^<]*?)\s*(?:<([^>]+)>)?\s*$/.exec(settings.author) ?? []
  const fields: [string, string][] = [
    ['Metadata-Version', '2.1'],
    ['Name', settings.name],
    ['Version', settings.version],
    ['Summary', settings.summary],
    ['Author', mail === '' ? name : ''],
    ['Author-email', mail === '' ? '' : name === '' ? mail : `${name} <${mail}>`],
    ['License', settings.license],
    ['Keywords', settings.keywords.join(',')],
    ...settings.classifiers.map((one): [string, string] => ['Classifier', one]),
    ...settings.urls.map(([label, url]): [string, string] => ['Project-URL', `${label}, ${url}`]),
    ['Requires-Python', settings.requiresPython],
    ['Description-Content-Type', readme === '' ? '' : 'text/markdown'],
  ]
  return fields.filter(([, value]) => value !== '')
}

/** The text of METADATA: fields, and the readme as the body. */
export function metadataText(settings: PypiSettings, readme: string): string {
  const fields = metadataFields(settings, readme).map(
    ([name, value]) => `${name}: ${value.replaceAll(/\s*[\r\n]+\s*/g, ' ')}\n`,
  )
  return `${fields.join('')}\n${readme}`
}

/** Fields that a form repeats, each under its plural; the others keep their name (https://docs.pypi.org/api/upload/). */
const PLURAL: Record<string, string> = { classifier: 'classifiers', project_url: 'project_urls' }

/** The same for the upload form: names in lower case with underscores. */
export function formFields(settings: PypiSettings, readme: string): [name: string, value: string][] {
  const fields = metadataFields(settings, readme).map(([name, value]): [string, string] => {
    const key = name.toLowerCase().replaceAll('-', '_')
    return [PLURAL[key] ?? key, value]
  })
  return readme === '' ? fields : [...fields, ['description', readme]]
}
