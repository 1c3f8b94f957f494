const repository = { owner: 'acme', name: 'packages' }
export const build = { binary: 'hello', goos: ['linux', 'darwin', 'windows'], goarch: ['amd64', 'arm64'] }
export const zip = [{ formats: ['tar.gz'], format_overrides: [{ goos: 'windows', formats: ['zip'] }] }]

/** What the peer and we are given alike. */
interface Case {
  name: string
  config: object
  /** How many files there must be. */
  files: number
  git?: boolean
}

export const CASES: Case[] = [
  {
    name: 'scoop, nothing but what is required',
    config: { builds: [build], archives: zip, scoops: [{ repository }] },
    files: 1,
  },
  {
    name: 'scoop, with everything',
    config: {
      builds: [
        { ...build, goos: ['windows'], goarch: ['386', 'amd64', 'arm64'] },
        { ...build, id: 'two', binary: 'second' },
      ],
      archives: [{ formats: ['zip'], wrap_in_directory: true, allow_different_binary_count: true }],
      scoops: [
        {
          repository,
          name: '{{ .ProjectName }}-x',
          directory: 'bucket',
          homepage: 'https://acme.example/{{ .ProjectName }}?a=<b>&c',
          description: 'Says "hello" & <more> {{ .Version }} é ✓',
          license: 'MIT',
          persist: ['data', 'config.toml'],
          pre_install: ['Write-Host "hi"'],
          post_install: ["Write-Host 'x'", '$a = 1'],
          depends: ['git', 'extras/zlib'],
          shortcuts: [
            ['hello.exe', 'Hello'],
            ['hello.exe', 'Hi', '--flag', 'i.ico'],
          ],
          url_template: 'https://dl.acme.example/{{ .Os }}/{{ .Arch }}/{{ .ArtifactName }}',
        },
      ],
    },
    files: 1,
  },
  {
    name: 'scoop, by id and level',
    config: {
      builds: [{ ...build, goamd64: ['v1', 'v3'], goos: ['windows'] }],
      archives: [
        { id: 'a', name_template: 'a_{{ .Os }}_{{ .Arch }}{{ .Amd64 }}' },
        { id: 'b', name_template: 'b_{{ .Os }}_{{ .Arch }}{{ .Amd64 }}' },
      ],
      scoops: [{ repository, ids: ['b'], goamd64: 'v3' }],
    },
    files: 1,
  },
  {
    name: 'winget, nothing but what is required',
    config: {
      builds: [build],
      archives: zip,
      winget: [{ repository, publisher: 'Acme', license: 'MIT', short_description: 'Says hello' }],
    },
    files: 3,
  },
  {
    name: 'winget, with everything',
    config: {
      builds: [{ ...build, goarch: ['386', 'amd64', 'arm64'] }],
      archives: [{ formats: ['zip'], wrap_in_directory: true, allow_different_binary_count: true }],
      winget: [
        {
          repository,
          name: 'hello',
          package_name: 'Hello {{ .ProjectName }}: yes',
          publisher: 'Acme & Sons',
          publisher_url: 'https://acme.example',
          publisher_support_url: 'https://acme.example/help',
          privacy_url: 'https://acme.example/privacy',
          author: '@ann',
          package_identifier: 'Acme.Hello',
          short_description: "It's {{ .ProjectName }} # not a comment",
          description: 'One line\n\n\tthen a tab\n  and blanks at the end\n',
          homepage: 'https://acme.example/{{ .Tag }}',
          license: '1.0',
          license_url: 'https://acme.example/license',
          copyright: '2026',
          copyright_url: 'https://acme.example/copyright',
          release_notes: '{{ .Tag }}\n{{ .Changelog }}',
          release_notes_url: 'https://acme.example/notes',
          installation_notes: 'Run\n`hello`',
          tags: ['CLI', 'Dev Tools', 'yes', '1.20', 'a: b'],
          dependencies: [
            { package_identifier: 'Git.{{ "Git" }}', minimum_version: '2.0' },
            { package_identifier: 'A.B' },
          ],
        },
      ],
    },
    files: 3,
  },
  {
    name: 'winget, bare programs and a path',
    config: {
      builds: [build],
      archives: [{ formats: ['binary'] }],
      winget: [
        {
          repository,
          publisher: 'A B',
          license: 'MIT',
          short_description: 'x',
          path: 'm/{{ .ProjectName }}/{{ .Version }}',
        },
      ],
    },
    files: 3,
  },
  {
    name: 'krew',
    config: {
      builds: [{ ...build, goarch: ['amd64', 'arm64', 'arm'], goarm: ['6', '7'] }],
      archives: zip,
      krews: [
        { repository, short_description: 'Says hello', description: 'Long\nlines {{ .Tag }}\n' },
        {
          repository,
          name: 'other',
          goarm: '7',
          short_description: 'x: y',
          description: ' begins with a blank',
          homepage: 'https://acme.example/{{ .Version }}',
          caveats: 'One\nTwo\n\n',
        },
      ],
    },
    files: 2,
  },
  {
    name: 'krew, a universal program',
    config: {
      builds: [build],
      universal_binaries: [{ replace: true }],
      krews: [{ repository, short_description: 'x', description: 'y' }],
    },
    files: 1,
  },
  {
    name: 'krew, a universal program beside its parts',
    config: {
      builds: [build],
      universal_binaries: [{ replace: false }],
      krews: [{ repository, short_description: 'x', description: 'y' }],
    },
    files: 1,
  },
  {
    name: 'nix, nothing but what is required',
    config: { builds: [build], archives: zip, nix: [{ repository }] },
    files: 1,
  },
  {
    name: 'nix, with everything',
    config: {
      builds: [
        { ...build, goos: ['linux', 'darwin'], goarch: ['386', 'amd64', 'arm64', 'arm'], goarm: ['6', '7'] },
        {
          ...build,
          id: 'two',
          binary: 'second',
          goos: ['linux', 'darwin'],
          goarch: ['386', 'amd64', 'arm64', 'arm'],
          goarm: ['6', '7'],
        },
      ],
      archives: [{ formats: ['zip'], wrap_in_directory: true, files: ['README.md'] }],
      nix: [
        {
          repository,
          name: 'hi',
          path: 'pkgs/{{ .ProjectName }}.nix',
          description: 'Says {{ .ProjectName }} ',
          homepage: 'https://acme.example',
          license: 'mit',
          main_program: '{{ .ProjectName }}',
          dependencies: ['zsh', { name: 'chromium', os: 'linux' }, { name: 'fish', os: 'darwin' }, { name: 'bash' }],
          extra_install: 'installManPage ./hello.1\n\n  echo {{ .ProjectName }}  ',
          post_install: 'echo 1\n echo {{ .Version }}\n',
        },
        {
          repository,
          name: 'given',
          install: '\n mkdir -p $out/bin\n cp -vr ./hello $out/bin/x-{{ .ProjectName }}\n',
          extra_install: 'echo x',
        },
      ],
    },
    files: 2,
  },
  {
    name: 'nix, a universal program and one folder',
    config: {
      builds: [build],
      universal_binaries: [{ replace: true }],
      archives: [{ wrap_in_directory: 'hello-{{ .Version }}' }],
      nix: [{ repository, url_template: 'https://dl.acme.example/{{ .Version }}/{{ .ArtifactName }}' }],
    },
    files: 1,
  },
  {
    name: 'aur, nothing but what is required',
    config: { builds: [build], aurs: [{}] },
    files: 2,
  },
  {
    name: 'aur, with everything',
    config: {
      builds: [{ ...build, goarch: ['386', 'amd64', 'arm64', 'arm'], goarm: ['6', '7'] }],
      archives: [{ wrap_in_directory: true }],
      aurs: [
        {
          name: 'hi',
          description: "It's {{ .ProjectName }}",
          homepage: 'https://acme.example/{{ .Version }}',
          license: 'MIT',
          maintainers: ['Ann <ann at acme dot example>', 'Bob'],
          contributors: ['Cid {{ .ProjectName }}'],
          provides: ['hello', 'hi={{ .Version }}'],
          conflicts: ['hello-git'],
          depends: ['curl', 'glibc>=2'],
          optdepends: ['zsh: completions'],
          backup: ['/etc/hello.conf'],
          rel: '2',
          install: './hello.install',
          url_template: 'https://dl.acme.example/{{ .Version }}/{{ .ArtifactName }}',
          package:
            '# a comment\ninstall -Dm755 "./hello" "${pkgdir}/usr/bin/hello"\n\n    install -d {{ .ProjectName }}  \n',
        },
        { name: 'two-bin', description: 'A "quoted" one', package: '' },
        { name: 'three', description: 'It\'s "both"' },
      ],
    },
    files: 6,
  },
  {
    name: 'aur, a version with a hyphen',
    config: { builds: [build], snapshot: { version_template: '1.2.3-rc.1' }, aurs: [{}] },
    files: 2,
  },
  {
    name: 'aur, bare programs and a wrap directory of its own',
    config: { builds: [build], archives: [{ formats: ['binary'] }], aurs: [{ license: 'MIT' }] },
    files: 2,
  },
  {
    name: 'aur sources',
    git: true,
    config: {
      builds: [build],
      source: { enabled: true },
      aur_sources: [
        {
          description: 'x',
          homepage: 'https://acme.example',
          license: 'MIT',
          maintainers: ['Ann'],
          optdepends: ['zsh'],
          depends: ['curl'],
          backup: ['/etc/x'],
          install: 'x.install',
          prepare: 'cd "${pkgname}_${pkgver}"\n  go mod download\n',
          build: 'go build -ldflags "-X main.version={{ .Version }}"',
          package: 'install -d {{ .ProjectName }}',
        },
        {
          name: 'second-bin',
          arches: ['x86_64', 'aarch64', 'armv7h'],
          makedepends: ['rust'],
          url_template: 'https://x.example/{{ .Version }}/{{ .ArtifactName }}',
        },
      ],
    },
    files: 4,
  },
  {
    name: 'chocolatey, nothing but what is required',
    config: { builds: [build], archives: zip, chocolateys: [{}] },
    files: 2,
  },
  {
    name: 'chocolatey, with everything',
    config: {
      builds: [{ ...build, goarch: ['386', 'amd64'] }],
      archives: zip,
      chocolateys: [
        {
          name: 'hi',
          title: 'Hello & <co>',
          owners: 'Ann',
          authors: 'Ann, "Bob"',
          package_source_url: 'https://acme.example/package?a=1&b=2',
          project_url: 'https://acme.example',
          icon_url: 'https://acme.example/i.png',
          copyright: '{{ .Version }} Acme',
          license_url: 'https://acme.example/license',
          require_license_acceptance: true,
          project_source_url: 'https://acme.example/source',
          docs_url: 'https://acme.example/docs',
          bug_tracker_url: 'https://acme.example/bugs',
          tags: "a 'b' <c>",
          summary: 'It is {{ .ProjectName }}',
          description: 'First\r\n\tSecond {{ .ProjectName }}\n{{ .Changelog }}',
          release_notes: 'See {{ .Tag }}{{ .Changelog }}',
          dependencies: [{ id: 'git', version: '[2,3)' }, { id: 'curl' }],
          url_template: 'https://dl.acme.example/{{ .Arch }}/{{ .ArtifactName }}',
        },
      ],
    },
    files: 2,
  },
  {
    name: 'snap, nothing but what is required',
    config: { builds: [{ ...build, goos: ['linux'] }], snapcrafts: [{ summary: 'Says hello', description: 'More' }] },
    files: 2,
  },
  {
    name: 'snap, with everything',
    config: {
      builds: [
        {
          ...build,
          goos: ['linux'],
          goarch: ['386', 'amd64', 'arm64', 'arm', 'ppc64le', 's390x', 'riscv64'],
          goarm: ['6'],
        },
      ],
      snapcrafts: [
        {
          name: 'hi',
          name_template: '{{ .ProjectName }}-{{ .Arch }}',
          title: 'Hi: there',
          summary: 'It is {{ .ProjectName }}',
          description: 'Long\n\nlines {{ .Version }}\n',
          icon: 'i.png',
          base: 'core24',
          license: 'MIT',
          grade: 'devel',
          confinement: 'classic',
          assumes: ['snapd2.39'],
          layout: {
            '/etc/hello': { bind: '$SNAP_DATA/etc' },
            '/a': { symlink: '$SNAP/a' },
            '/b': { bind_file: '$SNAP/b', type: 'tmpfs' },
          },
          apps: {
            hi: {
              command: 'hello',
              args: '--foo',
              plugs: ['home', 'network'],
              daemon: 'simple',
              environment: { B: 1, A: 'x', C: true, D10: 1.5, D9: '2' },
            },
            'hi-2': {
              restart_condition: 'always',
              aliases: ['h'],
              sockets: { s: { 'listen-stream': '$SNAP/x' } },
              passthrough: { 'install-mode': 'disable', list: [1, 'two', { three: null }] },
            },
          },
          hooks: { install: { plugs: ['network'] } },
          plugs: { p: { interface: 'content', target: '$SNAP/p', read: ['$HOME/.x'] } },
        },
      ],
    },
    files: 6,
  },
]
