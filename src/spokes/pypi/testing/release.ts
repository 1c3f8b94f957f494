import type { BinaryHeader } from '../../../core/artifact.ts'
import type { HubReader } from '../../../hub/hub.ts'
import { fixture as releaseFixture } from '../../npm/testing.ts'
import type { FixtureOptions as ReleaseOptions } from '../../npm/testing.ts'
import { selectPlatforms } from '../platforms.ts'
import type { PypiSettings } from '../settings.ts'
import { indexOf } from '../settings.ts'
import { pep440 } from '../version.ts'

export { HERE, platform, releaseServer, withChannel } from '../../npm/testing.ts'

export interface FixtureOptions extends Omit<ReleaseOptions, 'settings' | 'mode'> {
  mode?: PypiSettings['mode']
  repository?: string
  settings?: Partial<PypiSettings>
  /** What the programs' headers say; none by default, as the programs are scripts. */
  header?: (goos: string) => BinaryHeader | undefined
}

/** A release in a folder, read as from a hub, and the settings of one entry of `pypis` for it. */
export async function fixture(
  folder: string,
  options: FixtureOptions = {},
): Promise<{ hub: HubReader; settings: PypiSettings }> {
  const { mode = 'wheel', settings: more, repository = 'pypi', header, ...rest } = options
  const { hub } = await releaseFixture(folder, rest)
  const { manifest } = hub
  for (const { binaries, platform } of manifest.artifacts) {
    for (const one of binaries) {
      const known = header?.(platform?.goos ?? '')
      if (known !== undefined) one.header = known
    }
  }
  const index = indexOf(repository)
  if (index === undefined) throw new Error(`no index ${repository}`)
  const settings: PypiSettings = {
    name: options.name ?? 'hello-acme',
    version: pep440(manifest.version) ?? '',
    mode,
    index,
    summary: 'Greets',
    readme: '',
    license: 'MIT',
    author: 'Ann <ann@example.org>',
    urls: [
      ['Homepage', 'https://example.com'],
      ['Issues', 'https://github.com/acme/hello/issues'],
    ],
    keywords: ['greeting', 'cli'],
    classifiers: ['Environment :: Console'],
    requiresPython: '>=3.8',
    username: '__token__',
    tokenEnv: 'PYPI_TOKEN',
    trusted: false,
    attestations: 'off',
    commands: [{ name: 'hello', program: 'hello' }],
    ...selectPlatforms(
      mode,
      manifest.artifacts.flatMap(({ name, format = '', platform }) =>
        platform === undefined ? [] : [{ artifact: name, format, platform, programs: ['hello'] }],
      ),
    ),
    ...more,
  }
  manifest.spokes = [{ spoke: 'pypi', entry: settings.name, settings, pins: {} }]
  return { hub, settings }
}
