import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { z } from 'zod'
import type { SchemaOf } from '../shared/schema-client.ts'

const text = z.string()
const filled = text.regex(/\S/, 'is empty')
const address = text.regex(/^https?:\/\/[^\s/]+\S*$/, 'is no web address')

/** nuspec.xsd 2015/06, and the elements that Chocolatey adds (docs.chocolatey.org, create-packages#nuspec). */
const metadata = z.strictObject({
  id: filled.max(100),
  version: filled,
  title: text.max(256).optional(),
  authors: filled,
  owners: filled.optional(),
  licenseUrl: address.optional(),
  projectUrl: address.optional(),
  iconUrl: address.optional(),
  requireLicenseAcceptance: z.enum(['true', 'false']),
  description: filled.max(4000),
  summary: text.max(1024).optional(),
  releaseNotes: text.optional(),
  copyright: text.optional(),
  tags: text.optional(),
  packageSourceUrl: address.optional(),
  projectSourceUrl: address.optional(),
  docsUrl: address.optional(),
  bugTrackerUrl: address.optional(),
  dependencies: z.array(z.strictObject({ id: filled, version: filled.optional() })).optional(),
})

/** A nuspec as the feed reads it; the PowerShell beside it is read by nobody here. */
export const nuspecSchema: SchemaOf = {
  name: 'nuspec schema',
  version: '2015/06',
  read: (content) => (content.startsWith('<?xml') ? metadataOf(content) : content),
  schemaFor: (path) => (path.endsWith('.nuspec') ? metadata : z.string()),
}

function metadataOf(content: string): unknown {
  const root = parseXml(content).root
  const found = root === null ? undefined : elements(root).find(({ name }) => name === 'metadata')
  if (found === undefined) return undefined
  return Object.fromEntries(
    elements(found).map((one) => [
      one.name,
      one.name === 'dependencies' ? elements(one).map(({ attributes }) => attributes) : one.text,
    ]),
  )
}

function elements(of: XmlElement): XmlElement[] {
  return of.children.filter((child) => child instanceof XmlElement)
}
