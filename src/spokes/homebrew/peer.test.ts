import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Brew, Cask } from '../../config/config.ts'
import { anyArchive, anyBrew, anyBuild, anyCask } from './testing/any.ts'
import { writtenByBoth } from './testing/compare.ts'
import type { PeerInput } from './testing/compare.ts'
import { findGoreleaser } from '../shared/testing/peer.ts'

const goreleaser = findGoreleaser()
if (goreleaser === undefined) console.log('skipped: no goreleaser on this machine (GORELEASER or PATH)')

const repository = { owner: 'acme', name: 'homebrew-tap' }
const plain = { repository, homepage: 'https://acme.example', description: 'Says hello' }
const build = { binary: 'hello', goos: ['linux', 'darwin', 'windows'], goarch: ['amd64', 'arm64'] }

type Case = { name: string } & Partial<PeerInput>

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
    more: { universal_binaries: [{ replace: true }] },
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
  it.each(CASES)('$name', async ({ builds = [build], archives = [{}], name: _, ...more }) => {
    const written = await writtenByBoth(goreleaser ?? '', { builds, archives, ...more })
    expect(written).toHaveLength((more.brews?.length ?? 0) + (more.casks?.length ?? 0))
    for (const { ours, theirs } of written) expect(ours).toBe(theirs)
  })

  it('are equal whatever stands in the entries', async () => {
    expect.hasAssertions()
    await fc.assert(
      fc.asyncProperty(anyBrew, anyCask, anyBuild, anyArchive, async (brew, cask, builds, archives) => {
        const input = { builds: [builds], archives: [archives], brews: [brew as Brew], casks: [cask as Cask] }
        for (const { ours, theirs } of await writtenByBoth(goreleaser ?? '', input)) expect(ours).toBe(theirs)
      }),
      { numRuns: 20 },
    )
  })
})
