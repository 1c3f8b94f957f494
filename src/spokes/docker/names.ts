import { DOCKER_HUB, parseImageName } from '../../external/oci-registry.ts'
import { TagonceError } from '../../core/errors.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { withBase } from './base-mark.ts'
import { pathOf, type Resolved } from './resolve-entry.ts'
import type { DockerSettings } from './settings.ts'

/** A name that an image is published under. */
export interface PublishedName {
  text: string
  host: string
  repository: string
  tag: string
}

/** The parts of a name; one without a tag is `latest`. */
export function publishedName(text: string): PublishedName {
  const { host, repository, tag = 'latest' } = parseImageName(text)
  return { text, host, repository, tag }
}

/** Where a person finds it. */
export function addressOf({ host, repository, tag }: PublishedName): string {
  if (host === DOCKER_HUB) {
    const page = repository.startsWith('library/') ? `_/${repository.slice('library/'.length)}` : `r/${repository}`
    return `https://hub.docker.com/${page}/tags?name=${tag}`
  }
  return `https://${host}/${repository}:${tag}`
}

/** Names that no registry takes, and names that two entries would fight for; each said with its place. */
export function checkNames(config: SpokeConfig, all: Resolved[]): void {
  const taken = new Map<string, string>()
  for (const { settings, skip } of all) {
    for (const text of skip === undefined ? settings.names : []) {
      const fault = nameFault(text)
      // Nothing of a snapshot is pushed, so nothing is fought for.
      const message = fault ?? (config.plan.source.snapshot ? undefined : clash(taken, text, settings))
      if (message === undefined) continue
      const where = config.position(pathOf(settings))
      config.problem({
        severity: 'error',
        code: 'docker-name',
        message: `${settings.at}: ${message}`,
        mend:
          fault === undefined
            ? 'give each a name of its own, and join them with docker_manifests or dockers_v2'
            : 'a name is lower-case letters and digits with . _ - between them; a tag at most 128 letters, digits, _ . -',
        ...(where === undefined ? {} : { where }),
      })
    }
  }
}

function clash(taken: Map<string, string>, text: string, settings: DockerSettings): string | undefined {
  const before = taken.get(text)
  taken.set(text, settings.at)
  return before === undefined ? undefined : `${before} makes ${text} already`
}

/** Why no registry takes a text as the name of an image; undefined when it does. */
export function nameFault(text: string): string | undefined {
  try {
    const digest = parseImageName(withBase(text, { name: 'base', digest: 'digest' })).digest
    return digest === undefined ? undefined : `${text} names a digest; an image is published under a tag`
  } catch (error) {
    if (error instanceof TagonceError) return error.message
    throw error
  }
}
