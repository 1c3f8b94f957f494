import type { Config } from './config.ts'

/** The release's title, which GoReleaser Pro prefixes where a repository has several projects. */
const TITLE = '{{ .ProjectName }} {{ .Tag }}'

/**
 * What Pro's `monorepo` means for the rest of the config, where that says nothing else: builds and the Go module are those of its
 * folder, the changelog has that folder's commits, the release is named with its project.
 * @example withMonorepo({ monorepo: { dir: 'app' } }).builds?.[0]?.dir // 'app'
 */
export function withMonorepo(config: Config): Config {
  const { dir, tag_prefix: prefix } = config.monorepo ?? {}
  const release = config.release?.name_template ? config.release : { ...config.release, name_template: TITLE }
  const named = prefix ? { ...config, release } : config
  if (!dir) return named
  const builds = config.builds === undefined || config.builds.length === 0 ? [{}] : config.builds
  const paths = config.changelog?.paths ?? []
  return {
    ...named,
    builds: builds.map((build) => ({ ...build, dir: build.dir || dir })),
    gomod: { ...config.gomod, dir: config.gomod?.dir || dir },
    changelog: { ...config.changelog, paths: paths.length === 0 ? [dir] : paths },
  }
}
