import type { Manifest } from '../../manifest/manifest.ts'
import { withNotes } from '../shared/notes-mark.ts'
import type { ChocolateySettings } from './settings.ts'

/**
 * The text of a nuspec (schema 2015/06); GoReleaser's own for the same input. It ends with no newline. `files`: says what it is packed
 * from, as in `dist`; the one in a package does not.
 */
export function nuspecText(manifest: Manifest, settings: ChocolateySettings, { files } = { files: true }): string {
  const text = (value: string): string => withNotes(value, manifest.notes)
  const { dependencies } = settings
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<package xmlns="http://schemas.microsoft.com/packaging/2015/06/nuspec.xsd">',
    '  <metadata>',
    always('id', settings.name),
    always('version', manifest.version),
    ...given('packageSourceUrl', settings.packageSourceUrl),
    ...given('owners', settings.owners),
    ...given('title', settings.title),
    always('authors', settings.authors),
    ...given('projectUrl', settings.projectUrl),
    ...given('iconUrl', settings.iconUrl),
    ...given('copyright', text(settings.copyright)),
    ...given('licenseUrl', settings.licenseUrl),
    always('requireLicenseAcceptance', String(settings.requireLicenseAcceptance)),
    ...given('projectSourceUrl', settings.projectSourceUrl),
    ...given('docsUrl', settings.docsUrl),
    ...given('bugTrackerUrl', settings.bugTrackerUrl),
    ...given('tags', settings.tags),
    ...given('summary', text(settings.summary)),
    always('description', text(settings.description)),
    ...given('releaseNotes', text(settings.releaseNotes)),
    ...(dependencies.length === 0
      ? []
      : ['    <dependencies>', ...dependencies.map(dependency), '    </dependencies>']),
    '  </metadata>',
    ...(files ? ['  <files>', '    <file src="tools\\**" target="tools" />', '  </files>'] : []),
    '</package>',
  ].join('\n')
}

function always(tag: string, value: string): string {
  return `    <${tag}>${escaped(value)}</${tag}>`
}

function given(tag: string, value: string): string[] {
  return value === '' ? [] : [always(tag, value)]
}

function dependency({ id, version }: { id: string; version: string }): string {
  return `      <dependency id="${escaped(id)}"${version === '' ? '' : ` version="${escaped(version)}"`} />`
}

const ESCAPES: Record<string, string> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
}

/** As Go's encoding/xml: what XML 1.0 has no place for becomes the replacement character. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/["'&<>\t\n\r]/g, (one) => ESCAPES[one] ?? one)
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
}
