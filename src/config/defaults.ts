import type { Archive, ArchiveFile, Brew, Build, Cask, CommitAuthor, Config, Nfpm, Npm } from './config.ts'

/** GoReleaser's default name of an archive. It prints nothing for amd64 `v1`, the usual one. */
const ARCHIVE_NAME =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'

const BINARY_NAME = ARCHIVE_NAME.replace('.ProjectName', '.Binary')

/** Files that go into an archive when none are named; `optional`, for there is no complaint where nothing matches. */
const DEFAULT_FILES: readonly string[] = ['license*', 'LICENSE*', 'readme*', 'README*', 'changelog*', 'CHANGELOG*']

const SCM_CHANGELOG =
  '{{ .SHA }}: {{ .Message }} ' +
  '({{ with .AuthorUsername }}@{{ . }}{{ else }}{{ .AuthorName }} <{{ .AuthorEmail }}>{{ end }})'

/**
 * The config with GoReleaser's defaults, but for those that only git, the module or the machine can tell. Names that
 * are templates stay templates. `project` is the resolved project name; where it is left out, `project_name` counts.
 *
 * @example withDefaults({}, 'hello').archives[0]?.formats // ['tar.gz']
 */
export function withDefaults(config: Config, project: string = config.project_name ?? '') {
  return {
    ...config,
    project_name: project,
    dist: config.dist || 'dist',
    env: config.env ?? [],
    before: { ...config.before, hooks: config.before?.hooks ?? [] },
    builds: orOne(config.builds).map((build) => buildDefaults(build, project)),
    archives: orOne(config.archives).map(archiveDefaults),
    gomod: { ...config.gomod, gobinary: config.gomod?.gobinary || 'go' },
    snapshot: {
      ...config.snapshot,
      version_template: config.snapshot?.version_template || '{{ .Version }}-SNAPSHOT-{{ .ShortCommit }}',
    },
    checksum: {
      ...config.checksum,
      algorithm: config.checksum?.algorithm || 'sha256',
      name_template:
        config.checksum?.name_template ||
        (config.checksum?.split === true
          ? '{{ .ArtifactName }}.{{ .Algorithm }}'
          : '{{ .ProjectName }}_{{ .Version }}_checksums.txt'),
    },
    changelog: {
      ...config.changelog,
      format:
        config.changelog?.format ||
        (['', 'git', undefined].includes(config.changelog?.use) ? '{{ .SHA }} {{ .Message }}' : SCM_CHANGELOG),
    },
    release: {
      ...config.release,
      name_template: config.release?.name_template || '{{.Tag}}',
      mode: config.release?.mode ?? 'keep-existing',
    },
    github_urls: {
      ...config.github_urls,
      api: config.github_urls?.api || 'https://api.github.com',
      upload: config.github_urls?.upload || 'https://uploads.github.com',
      download: config.github_urls?.download || 'https://github.com',
    },
    git: { ...config.git, tag_sort: config.git?.tag_sort ?? '-version:refname' },
    brews: (config.brews ?? []).map((brew) => brewDefaults(brew, project)),
    homebrew_casks: (config.homebrew_casks ?? []).map((cask) => caskDefaults(cask, project)),
    nfpms: (config.nfpms ?? []).map((entry) => nfpmDefaults(entry, project)),
    npms: (config.npms ?? []).map((npm) => npmDefaults(npm, project)),
  } satisfies Config
}

/** A config after `withDefaults`; also a `Config`. */
export type FullConfig = ReturnType<typeof withDefaults>

/** An empty list means one entry with every default. */
function orOne<T extends object>(entries: T[] | undefined): (T | Partial<T>)[] {
  return entries === undefined || entries.length === 0 ? [{}] : entries
}

function list<T>(given: T[] | undefined, otherwise: T[]): T[] {
  return given === undefined || given.length === 0 ? otherwise : given
}

function buildDefaults(build: Build, project: string) {
  const common = {
    ...build,
    id: build.id || project,
    builder: build.builder || ('go' as const),
    binary: build.binary || project,
    dir: build.dir || '.',
  }
  if (common.builder !== 'go') return common
  const targets = build.targets !== undefined && build.targets.length > 0
  return {
    ...common,
    tool: build.tool || 'go',
    command: build.command || 'build',
    main: build.main || '.',
    ldflags: list(build.ldflags, [
      '-s -w -X main.version={{.Version}} -X main.commit={{.Commit}} -X main.date={{.Date}} -X main.builtBy=goreleaser',
    ]),
    // `targets` says it all; GoReleaser leaves the other keys alone then.
    ...(targets ? {} : goPlatforms(build)),
  }
}

function goPlatforms(build: Build) {
  return {
    goos: list(build.goos, ['linux', 'darwin', 'windows']),
    goarch: list(build.goarch, ['amd64', 'arm64', '386']),
    goamd64: list(build.goamd64, ['v1']),
    go386: list(build.go386, ['sse2']),
    goarm: list(build.goarm, ['6']),
    goarm64: list(build.goarm64, ['v8.0']),
    gomips: list(build.gomips, ['hardfloat']),
    goppc64: list(build.goppc64, ['power8']),
    goriscv64: list(build.goriscv64, ['rva20u64']),
  }
}

function archiveDefaults(archive: Archive) {
  const formats = list<NonNullable<Archive['formats']>[number]>(archive.formats, ['tar.gz'])
  const files: (ArchiveFile & { optional?: boolean })[] = list(
    archive.files,
    DEFAULT_FILES.map((src) => ({ src, optional: true })),
  )
  return {
    ...archive,
    id: archive.id || 'default',
    formats,
    format_overrides: archive.format_overrides ?? [],
    files,
    name_template: archive.name_template || (formats.includes('binary') ? BINARY_NAME : ARCHIVE_NAME),
    // GoReleaser sets the mode of binaries whatever the config says.
    builds_info: { ...archive.builds_info, mode: 0o755 },
  }
}

function authorDefaults(author: CommitAuthor | undefined) {
  const signing = author?.signing
  const format = signing?.enabled === true && !signing.format ? { signing: { ...signing, format: 'openpgp' } } : {}
  return {
    ...author,
    name: author?.name || 'goreleaserbot',
    email: author?.email || 'bot@goreleaser.com',
    ...format,
  }
}

function brewDefaults(brew: Brew, project: string) {
  return {
    ...brew,
    name: brew.name || project,
    commit_author: authorDefaults(brew.commit_author),
    commit_msg_template: brew.commit_msg_template || 'Brew formula update for {{ .ProjectName }} version {{ .Tag }}',
    goarm: brew.goarm || '6',
    goamd64: brew.goamd64 || 'v1',
  }
}

function caskDefaults(cask: Cask, project: string) {
  const name = cask.name || project
  const binaries = cask.binaries?.[0] ? cask.binaries : [name]
  const completions = cask.generate_completions_from_executable
  return {
    ...cask,
    name,
    binaries,
    directory: cask.directory || 'Casks',
    commit_author: authorDefaults(cask.commit_author),
    commit_msg_template: cask.commit_msg_template || 'Brew cask update for {{ .ProjectName }} version {{ .Tag }}',
    ...(completions !== undefined && Object.keys(completions).length > 0
      ? { generate_completions_from_executable: { ...completions, executable: completions.executable || binaries[0] } }
      : {}),
  }
}

function nfpmDefaults(entry: Nfpm, project: string) {
  return {
    ...entry,
    id: entry.id || 'default',
    package_name: entry.package_name || project,
    bindir: entry.bindir || '/usr/bin',
    libdirs: {
      header: entry.libdirs?.header || '/usr/include',
      carchive: entry.libdirs?.carchive || '/usr/lib',
      cshared: entry.libdirs?.cshared || '/usr/lib',
    },
    file_name_template: entry.file_name_template || ARCHIVE_NAME.replace('.ProjectName', '.PackageName'),
  }
}

function npmDefaults(npm: Npm, project: string) {
  return { ...npm, id: npm.id || project, name: npm.name || project, mode: npm.mode ?? ('platform' as const) }
}
