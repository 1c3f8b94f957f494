/** An image in `dist/artifacts.json`. */
export interface ImageFacts {
  name: string
  type: 'v1' | 'v2' | 'manifest'
  platform?: { goos: string; goarch: string; goarm?: string }
  extra: Record<string, unknown>
}

/** GoReleaser's numbers for an image that is not pushed yet, and for what ko gave to Docker (`internal/artifact`). */
const NUMBERS = { v1: 9, v2: 37, manifest: 11 }

/** The record of an image; its path is its name, since GoReleaser's lie with the Docker engine. */
export function imageRecord({ name, type, platform, extra }: ImageFacts): object {
  const told = Object.keys(extra).length === 0 ? {} : { extra }
  return { name, path: name, ...platform, internal_type: NUMBERS[type], type: type === 'manifest' ? 'Docker Manifest' : 'Docker Image', ...told }
}
