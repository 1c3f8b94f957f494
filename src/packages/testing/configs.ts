/** Files of the project that is packaged. */
export const TREE: Record<string, string> = {
  'go.mod': 'module example.org/hello\n\ngo 1.24\n',
  'main.go': 'package main\n\nfunc main() {}\n',
  'README.md': '# hello\n',
  LICENSE: 'MIT\n',
  'etc/hello.conf': 'loud = true\n',
  'etc/more/one.conf': '1\n',
  'etc/more/two.conf': '2\n',
  'share/man/hello.1': '.TH hello\n',
  'share/deep/er/est.txt': 'deep\n',
  'scripts/preinst.sh': '#!/bin/sh\necho preinstall "$@"\n',
  'scripts/postinst.sh': '#!/bin/sh\necho postinstall "$@"\n',
  'scripts/prerm.sh': '#!/bin/sh\necho preremove "$@"\n',
  'scripts/postrm.sh': '#!/bin/sh\necho postremove "$@"\n',
  'scripts/other.sh': '#!/bin/sh\necho other "$@"\n',
  'scripts/templates': 'Template: hello/loud\nType: boolean\nDefault: true\nDescription: Shall it be loud?\n',
  'changelog.yml': `- semver: 1.2.3
  date: 2026-01-02T03:04:05+02:00
  packager: Ann <ann@example.org>
  deb: { urgency: medium, distributions: [stable, testing] }
  changes:
    - note: Says hello louder
    - note: |-
        Two lines
        of one change
- semver: 1.2.2
  date: 2025-12-31T23:00:00Z
  packager: Ann <ann@example.org>
  changes:
    - note: The first
`,
  '.gitignore': 'dist/\nours/\n',
}

const ALL = 'formats: [deb, rpm, apk, archlinux, ipk, termux.deb]'

/** Configs that together use every key of `nfpms` which GoReleaser carries out. */
export const CONFIGS: Record<string, string> = {
  'little is said': `version: 2
project_name: hello
builds: [{ goos: [linux, android], goarch: [amd64, arm64], env: [CGO_ENABLED=0] }]
nfpms: [{ ${ALL}, maintainer: Ann <ann@example.org> }]
`,
  'every key': `version: 2
project_name: hello
env: [WHO=ann]
builds:
  - id: one
    goos: [linux]
    goarch: [amd64]
  - id: two
    binary: helper
    goos: [linux]
    goarch: [amd64]
nfpms:
  - id: all
    ${ALL}
    ids: [one, two]
    package_name: "{{ .ProjectName }}-cli"
    file_name_template: "{{ .PackageName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}_{{ .Epoch }}_{{ .Release }}_{{ .Format }}{{ .ConventionalExtension }}"
    vendor: Ann & Co
    homepage: https://example.org/{{ .Env.WHO }}
    maintainer: "{{ .Env.WHO }} <ann@example.org>"
    description: |
      Says hello to {{ .Env.WHO }}.

      It does so loudly.
        Indented.
    license: MIT
    section: utils
    priority: extra
    epoch: "2"
    release: "3"
    prerelease: beta1
    version_metadata: git
    bindir: /opt/{{ .ProjectName }}/bin
    umask: 0o022
    mtime: "2026-01-02T03:04:05Z"
    changelog: changelog.yml
    dependencies: [git, "libfoo >= 1.2"]
    recommends: [zsh]
    suggests: [bash, "fish"]
    conflicts: [hallo]
    replaces: [old-hello, older-hello]
    provides: [greeter, "salute = 2"]
    contents:
      - { src: etc/hello.conf, dst: /etc/hello/hello.conf, type: config }
      - { src: etc/more/*.conf, dst: /etc/hello/more, type: "config|noreplace" }
      - { src: etc/more/one.conf, dst: /etc/hello/missing.conf, type: "config|missingok", file_info: { mode: 0o600, owner: games, group: games } }
      - { src: LICENSE, dst: "/usr/share/doc/{{ .PackageName }}/", file_info: { mtime: "2026-02-03T04:05:06Z" } }
      - { src: /opt/hello/bin/hello, dst: /usr/bin/hello, type: symlink }
      - { dst: /var/lib/hello, type: dir, file_info: { mode: 0o750, owner: games } }
      - { src: share, dst: /usr/share, type: tree, file_info: { owner: games, group: games } }
      - { dst: /var/log/hello.log, type: ghost }
      - { src: README.md, dst: /opt/hello/README.md, packager: deb }
      - { src: README.md, dst: /opt/hello/README.rpm, packager: rpm }
      - { src: scripts/other.sh, dst: /opt/hello/suid, file_info: { mode: 0o4755 } }
      - { src: scripts/*.sh, dst: /opt/hello/scripts/ }
    scripts:
      preinstall: "scripts/{{ if true }}preinst{{ end }}.sh"
      postinstall: scripts/postinst.sh
      preremove: scripts/prerm.sh
      postremove: scripts/postrm.sh
    overrides:
      deb:
        dependencies: [git, "libfoo (>= 1.2)"]
        provides: [greeter]
        file_name_template: "{{ .ConventionalFileName }}"
      rpm:
        file_name_template: "{{ .ConventionalFileName }}"
        scripts: { postinstall: scripts/other.sh }
        rpm: { group: Games }
      apk:
        file_name_template: "{{ .ConventionalFileName }}"
      archlinux:
        file_name_template: "{{ .ConventionalFileName }}"
        umask: 0o027
      ipk:
        file_name_template: "{{ .ConventionalFileName }}"
    rpm:
      summary: Hello
      compression: zstd
      prefixes: [/opt/hello]
      packager: Bob <bob@example.org>
      buildhost: build.example.org
      scripts: { pretrans: scripts/other.sh, posttrans: scripts/other.sh }
    deb:
      lintian_overrides: [statically-linked-binary, "no-manual-page usr/bin/hello"]
      compression: xz
      predepends: [libc6]
      breaks: [hello-old]
      triggers: { interest: [/usr/share/one], interest_noawait: [two], activate_await: [three] }
      fields: { Bugs: https://example.org/bugs, Empty: "" }
      scripts: { rules: scripts/other.sh, templates: scripts/templates, config: scripts/other.sh }
    apk:
      scripts: { preupgrade: scripts/other.sh, postupgrade: scripts/other.sh }
    archlinux:
      pkgbase: hello-base
      packager: Cid <cid@example.org>
      scripts: { preupgrade: scripts/other.sh, postupgrade: scripts/other.sh }
    ipk:
      abi_version: "3"
      auto_installed: true
      essential: true
      predepends: [libc]
      tags: [net, fun]
      alternatives: [{ priority: 100, target: /opt/hello/bin/hello, link_name: /usr/bin/hi }]
      fields: { Source: https://example.org, Version: "9" }
`,
  'variants and other systems': `version: 2
project_name: hello
builds:
  - goos: [linux, android, ios, aix]
    goarch: [amd64, arm, "386", mips64le, ppc64, loong64, arm64]
    goamd64: [v1, v3]
    goarm: [5, 6, 7]
    gomips: [softfloat]
    ignore: [{ goos: ios, goarch: amd64 }, { goos: android, goarm: 5 }]
nfpms:
  - ${ALL}
    maintainer: Ann <ann@example.org>
    file_name_template: "{{ .PackageName }}_{{ .Os }}_{{ .Arch }}{{ .Arm }}{{ .Amd64 }}_{{ .ConventionalFileName }}"
    goamd64: [v1, v3]
`,
  'libraries with their header': `version: 2
project_name: hello
builds:
  - { id: shared, goos: [linux], goarch: [amd64], buildmode: c-shared, hooks: { pre: touch dist/shared_linux_amd64_v1/hello.h } }
  - { id: static, goos: [linux], goarch: [amd64], buildmode: c-archive, binary: other }
nfpms:
  - ${ALL}
    maintainer: Ann <ann@example.org>
    libdirs: { header: "/usr/include/{{ .ProjectName }}", cshared: "/usr/lib/{{ .Format }}", carchive: /usr/lib/static }
`,
  'one level of amd64, and a package of nothing': `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64, arm64], goamd64: [v1, v3] }]
nfpms:
  - id: level
    ${ALL}
    maintainer: Ann <ann@example.org>
    file_name_template: "level_{{ .ConventionalFileName }}"
    goamd64: [v3]
    deb: { compression: none }
    rpm: { compression: xz }
  - id: meta
    package_name: hello-all
    meta: true
    ${ALL}
    maintainer: Ann <ann@example.org>
    dependencies: [hello]
    deb: { compression: zstd }
`,
}
