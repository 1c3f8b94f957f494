import { DOCKER_HUB, parseImageName } from '../../../external/oci-registry.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { copiedFrom, stagesOf } from '../dockerfile/stages.ts'
import type { BuildInput, Stage } from '../dockerfile/stages.ts'
import type { Place } from '../dockerfile/fault.ts'

/**
 * A Dockerfile with its base images named by the digests that were sealed, so that an engine takes those. Digests are of what the names
 * stood for, which may be an index: the engine chooses the platform.
 * @example pinned('Dockerfile', 'FROM alpine:3\n', { platform, args: {} }, { 'name:alpine:3': 'sha256:…' }) // 'FROM docker.io/library/alpine@sha256:…\n'
 */
export function pinned(
  file: string,
  source: string,
  input: BuildInput,
  pins: Readonly<Record<string, string>>,
): string {
  const dockerfile = parseDockerfile(file, source)
  const lines = source.split('\n')
  const changes: { place: Place; raw: string; name: string }[] = []
  const want = (name: string, raw: string, place: Place): void => {
    if (pins[`name:${name}`] !== undefined) changes.push({ place, raw, name })
  }
  const { needed } = stagesOf(dockerfile, input)
  for (const { base, from, index, instructions } of needed) {
    const [word] = from.words
    if (base.kind === 'image' && word !== undefined) want(base.name, word.raw, from.line.at(word.offset))
    const before = Array.from(
      { length: index },
      (_, at) => needed.find((one) => one.index === at) ?? ({ index: at } as Stage),
    )
    for (const one of instructions) {
      const copied = copiedFrom(dockerfile, one, before)
      const flag = one.flags.find((other) => other.name === 'from')
      if (copied?.kind === 'image' && flag !== undefined)
        want(copied.name, `--from=${flag.value}`, one.line.at(flag.offset))
    }
  }
  // From the end of each line, so that places stay right.
  for (const { place, raw, name } of changes.toSorted((a, b) => b.place.column - a.place.column)) {
    const line = lines[place.line - 1] ?? ''
    const at = place.column - 1
    if (!line.startsWith(raw, at)) continue
    const flag = raw.startsWith('--from=') ? '--from=' : ''
    lines[place.line - 1] =
      `${line.slice(0, at)}${flag}${byDigest(name, pins[`name:${name}`] ?? '')}${line.slice(at + raw.length)}`
  }
  return lines.join('\n')
}

function byDigest(name: string, digest: string): string {
  const { host, repository } = parseImageName(name)
  return `${host === DOCKER_HUB ? 'docker.io' : host}/${repository}@${digest}`
}
