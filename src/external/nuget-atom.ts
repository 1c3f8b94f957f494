import { parseXml, XmlElement } from '@rgrove/parse-xml'
import { TagonceError } from '../core/errors.ts'

/** A package version as an OData v2 feed tells it; which fields are there depends on the feed. */
export interface NugetEntry {
  /** As the feed writes it. */
  id: string
  version: string
  /** Where its bytes are; empty where the feed does not say. */
  content: string
  /** All properties, text as it stands; those that are null are absent. */
  properties: Record<string, string>
}

/** One page of an Atom feed. */
export interface AtomPage {
  entries: NugetEntry[]
  /** The next page (`rel="next"`). */
  next?: string
}

/**
 * Reads a feed or a single entry of OData v2. Throws `network` for anything else: a page of HTML, a cut answer.
 * @example readAtom('https://community.chocolatey.org/api/v2/', text).entries[0]?.properties['PackageStatus']
 */
export function readAtom(url: string, text: string): AtomPage {
  const root = rootOf(url, text)
  if (root.name === 'entry') return { entries: [entryOf(root)] }
  if (root.name !== 'feed') throw notAtom(url, root.name.toLowerCase() === 'html' ? 'a web page' : `<${root.name}>`)
  const next = childrenOf(root, 'link').find((one) => one.attributes['rel'] === 'next')?.attributes['href']
  const entries = childrenOf(root, 'entry').map(entryOf)
  return { entries, ...(next === undefined ? {} : { next: new URL(next, url).href }) }
}

function rootOf(url: string, text: string): XmlElement {
  try {
    const { root } = parseXml(text.replace(/^\uFEFF/, '').trim())
    if (root === null) throw notAtom(url, 'nothing')
    return root
  } catch (cause) {
    if (cause instanceof TagonceError) throw cause
    throw notAtom(url, /<html/i.test(text) ? 'a web page' : 'no XML', cause)
  }
}

function notAtom(url: string, what: string, cause?: unknown): TagonceError {
  return new TagonceError('network', `${url} answered with ${what} instead of a package feed`, {
    hint: 'a gateway or a maintenance page stands in between; run the same command again later',
    cause,
  })
}

function entryOf(entry: XmlElement): NugetEntry {
  const content = childrenOf(entry, 'content')[0]
  // A feed puts the properties beside the content or into it (OData v2, 2.2.6.2.2: media link entries).
  const holder = childrenOf(entry, 'properties')[0] ?? (content && childrenOf(content, 'properties')[0])
  const properties: Record<string, string> = {}
  for (const one of holder?.children ?? []) {
    if (!(one instanceof XmlElement) || one.attributes['m:null'] === 'true') continue
    properties[local(one)] = one.text
  }
  const title = childrenOf(entry, 'title')[0]?.text.trim() ?? ''
  return {
    id: properties['Id'] ?? title,
    version: properties['Version'] ?? '',
    content: content?.attributes['src'] ?? '',
    properties,
  }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((one): one is XmlElement => one instanceof XmlElement && local(one) === name)
}

/** The name without its prefix: feeds differ in theirs. */
function local(element: XmlElement): string {
  return element.name.slice(element.name.indexOf(':') + 1)
}
