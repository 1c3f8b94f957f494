import { TagonceError } from '../core/errors.ts'

/** What an image name says. */
export interface ImageName {
  /** Host of the registry, with its port: `ghcr.io`, `registry-1.docker.io`, `localhost:5000`. */
  host: string
  /** `octo/hello`, `library/debian` */
  repository: string
  tag?: string
  /** `sha256:…` */
  digest?: string
}

/** The registry of Docker Hub; the names that people write for it lead elsewhere. */
export const DOCKER_HUB = 'registry-1.docker.io'
const HUB_NAMES = new Set(['docker.io', 'index.docker.io', 'registry.hub.docker.com', DOCKER_HUB])

// The grammar of https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests and of
// https://pkg.go.dev/github.com/distribution/reference
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const HOST =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/**
 * Reads an image name by the rules of Docker: without a host it is on Docker Hub, and there without an owner in `library`.
 * @throws `config` for what is no image name
 * @example parseImageName('debian:12') // { host: 'registry-1.docker.io', repository: 'library/debian', tag: '12' }
 * @example parseImageName('ghcr.io/octo/hello@sha256:…') // { host: 'ghcr.io', repository: 'octo/hello', digest: 'sha256:…' }
 */
export function parseImageName(text: string): ImageName {
  const at = text.indexOf('@')
  const digest = at === -1 ? undefined : text.slice(at + 1)
  const named = at === -1 ? text : text.slice(0, at)
  const colon = named.lastIndexOf(':')
  const tagged = colon > named.lastIndexOf('/')
  const tag = tagged ? named.slice(colon + 1) : undefined
  const path = tagged ? named.slice(0, colon) : named
  const [first = '', ...rest] = path.split('/')
  const hasHost = rest.length > 0 && (/[.:A-Z]/.test(first) || first === 'localhost')
  const onHub = !hasHost || HUB_NAMES.has(first)
  const parts = hasHost ? rest : [first, ...rest]
  const repository = onHub && parts.length === 1 ? `library/${parts[0]}` : parts.join('/')
  if (hasHost && !HOST.test(first)) throw wrong(text, `${first} is no host`)
  registryName(repository, text)
  if (tag !== undefined && !TAG.test(tag)) {
    throw wrong(text, `the tag ${tag} is not made of at most 128 letters, digits, _, . and -`)
  }
  if (digest !== undefined && !DIGEST.test(digest)) throw wrong(text, `${digest} is no digest`)
  return {
    host: onHub ? DOCKER_HUB : first,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** A repository's name as it goes into a path, checked. */
export function registryName(repository: string, text = repository): string {
  const bad = repository.split('/').find((part) => !PART.test(part))
  if (bad !== undefined) {
    throw wrong(text, `"${bad}" must be lower-case letters and digits, with single . _ or - between them`)
  }
  if (repository.length > 255) throw wrong(text, 'the name is longer than 255 characters')
  return repository
}

function wrong(text: string, why: string): TagonceError {
  return new TagonceError('config', `${JSON.stringify(text)} is no image name: ${why}`, {
    hint: 'write it like ghcr.io/owner/name:tag',
  })
}
