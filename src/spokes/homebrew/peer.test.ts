import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import { tempFolder } from '../../core/temp.ts'
import { caskText } from './cask.ts'
import { formulaText } from './formula.ts'
import { resolveCasks } from './resolve-cask.ts'
import { resolveFormulas } from './resolve-formula.ts'
import { manifestOf, spokeConfig } from './testing/config.ts'
import { findGoreleaser, snapshot } from './testing/peer.ts'
import { pathInTap } from './text.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

const repository = { owner: 'acme', name: 'homebrew-tap' }
const plain = { repository, homepage: 'https://acme.example', description: 'Says hello' }
const build = { binary: 'hello', goos: ['linux', 'darwin', 'windows'], goarch: ['amd64', 'arm64'] }

interface Case {
  name: string
  builds?: object[]
  archives?: object[]
  brews?: Brew[]
  casks?: Cask[]
}

const CASES: Case[] = [
  { name: 'nothing but what is required', brews: [plain], casks: [plain] },
  {
    name: 'texts with templates, in blocks of several lines',
    brews: [
      {
        ...plain,
        name: 'hello_world@2.0',
        license: 'MIT',
        description: 'Says {{ .ProjectName }} {{ .Version }}',
        caveats: '\n  Run {{ .ProjectName }} once.\n\n    Then again.   \n',
        test: 'system "#{bin}/hello", "--version"\nassert_match "x", "x"',
        service: 'run [opt_bin/"hello"]\nkeep_alive true',
        post_install: 'touch "/tmp/a"\nsystem "echo"',
        custom_require: 'lib/private',
        custom_block: 'head "https://x.git"\n\nlivecheck do\n  skip "x"\nend',
        dependencies: [{ name: 'zsh', type: 'optional' }, { name: 'git' }, { name: 'fish', version: '3', os: 'linux' }],
        conflicts: ['hello2', '{{ .ProjectName }}3'],
      },
    ],
    casks: [
      {
        ...plain,
        name: 'Hello World',
        caveats: 'One\n  Two {{ .Tag }}\n',
        custom_block: '# why\nmodule Utils\n  def x\n  end\nend\n',
        service: '{{ .ProjectName }}.plist',
        binaries: ['{{ .ProjectName }}', 'second'],
        completions: { bash: 'c/{{ .ProjectName }}.bash', zsh: 'c/_hello', fish: 'c/hello.fish' },
        dependencies: [{ formula: 'git' }, { cask: 'b' }, { cask: 'a' }],
        conflicts: [{ cask: 'z' }, { cask: 'hello-beta' }],
        hooks: {
          pre: { install: 'puts "{{ .Version }}"\nputs 2', uninstall: 'puts 3' },
          post: { install: 'if OS.mac?\n  system_command "/usr/bin/xattr"\nend', uninstall: 'puts 4' },
        },
        uninstall: { launchctl: ['a', 'b "c" é\t'], quit: ['q'], login_item: ['l'], delete: ['/d'], trash: ['~/t'] },
        zap: { trash: ['~/.config/{{ .ProjectName }}'] },
        generate_completions_from_executable: { args: ['completion'], shells: ['bash', 'zsh'], base_name: 'x' },
      },
    ],
  },
  {
    name: 'wrap directories, two programs, zip',
    builds: [
      { ...build, id: 'one' },
      { ...build, id: 'two', binary: 'second' },
    ],
    archives: [{ wrap_in_directory: true, formats: ['zip'], files: ['README.md', 'hello.1'] }],
    brews: [{ ...plain, directory: 'Formula', extra_install: 'man1.install "{{ .ProjectName }}.1"' }],
    casks: [{ ...plain, binaries: ['hello', 'second'], manpages: ['*.1'] }],
  },
  {
    name: 'manual pages that no glob matches',
    archives: [{ files: ['README.md', 'hello.1'] }],
    casks: [{ ...plain, manpages: ['man/*.1', '{{ .ProjectName }}.?'] }],
  },
  {
    name: 'variants of arm and amd64',
    builds: [{ ...build, goarch: ['amd64', 'arm64', 'arm', '386'], goarm: ['6', '7'], goamd64: ['v1', 'v3'] }],
    brews: [plain, { ...plain, name: 'seven', goarm: '7', goamd64: 'v3' }],
  },
  {
    name: 'only macOS on Intel',
    builds: [{ ...build, goos: ['darwin'], goarch: ['amd64'] }],
    brews: [plain],
    casks: [plain],
  },
  {
    name: 'only Linux, by id',
    builds: [{ ...build, goos: ['linux'] }],
    archives: [{ id: 'a' }, { id: 'b', name_template: 'other_{{ .Os }}_{{ .Arch }}' }],
    brews: [{ ...plain, ids: ['b'] }],
    casks: [{ ...plain, ids: ['a'] }],
  },
  {
    name: 'a universal program for macOS',
    brews: [plain],
    casks: [plain],
    builds: [build],
    archives: [{}],
  },
  {
    name: 'bare programs',
    archives: [{ formats: ['binary'] }],
    brews: [plain],
    casks: [{ ...plain, binaries: ['hello'] }],
  },
  {
    name: 'other addresses, with headers and a strategy',
    brews: [
      {
        ...plain,
        url_template: 'https://dl.acme.example/{{ .Os }}/{{ .Arch }}/{{ .Version }}/{{ .ArtifactName }}',
        url_headers: ['Accept: application/octet-stream', 'X-{{ .ProjectName }}: #{ENV["T"]}'],
        download_strategy: 'GitHubPrivateRepositoryReleaseDownloadStrategy',
        install: 'bin.install "hello" => "{{ .Os }}-{{ .Arch }}"\nprefix.install_metafiles',
      },
    ],
    casks: [
      {
        ...plain,
        url: {
          template: 'https://dl.acme.example/{{ .Version }}/{{ .ArtifactName }}',
          verified: 'dl.acme.example/',
          using: ':homebrew_curl',
          cookies: { license: 'yes', a: 'b' },
          referer: 'https://acme.example/{{ .ProjectName }}',
          headers: ['Accept: a', 'X: y'],
          user_agent: ':fake',
          data: { z: '1', k: '{{ .Tag }}' },
        },
      },
    ],
  },
]

describe.skipIf(goreleaser === undefined)('the texts beside those of the real GoReleaser', () => {
  it.each(CASES)('$name', async ({ builds = [build], archives = [{}], brews, casks, name }) => {
    await using folder = await tempFolder('peer')
    const config = {
      version: 2,
      project_name: 'hello',
      release: { github: { owner: 'acme', name: 'hello' } },
      // Other than the tag's, so that the two can't be mixed up.
      snapshot: { version_template: '1.2.3' },
      builds,
      archives,
      ...(name.startsWith('a universal') ? { universal_binaries: [{ replace: true }] } : {}),
      ...(brews === undefined ? {} : { brews }),
      ...(casks === undefined ? {} : { homebrew_casks: casks }),
    }
    const artifacts = await snapshot(goreleaser ?? '', folder.path, config)
    const release = { artifacts, version: '1.2.3', tag: 'v0.0.0', ...(brews && { brews }), ...(casks && { casks }) }
    const input = spokeConfig(release)
    const manifest = manifestOf(release)
    const ours = [
      ...resolveFormulas(input).map(({ settings }) => ({ settings, text: formulaText(manifest, settings) })),
      ...resolveCasks(input).map(({ settings }) => ({ settings, text: caskText(manifest, settings) })),
    ]
    expect(ours).toHaveLength((brews?.length ?? 0) + (casks?.length ?? 0))
    for (const { settings, text } of ours) {
      const file = join(folder.path, 'project/dist/homebrew', pathInTap(settings))
      const theirs = await readFile(file, 'utf8')
      expect(text).toBe(theirs.replace('generated by GoReleaser.', 'generated by tagonce.'))
    }
  })
})
