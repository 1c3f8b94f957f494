import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import { inTurn, measure, type Pair } from './measure.ts'
import { findGoreleaser } from './release.ts'

const program = join(resolve(import.meta.dirname, '..'), 'package', 'bin', 'tagonce.cjs')

/** A config of about a thousand lines: builds, archives, packages, casks and announcements, with templates in all of them. */
export function longConfig(): string {
  const entries = (count: number, text: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => text(index)).join('')
  return `version: 2
project_name: hello
builds:
${entries(
  25,
  (index) => `  - id: b${index}
    main: ./cmd/b${index}
    binary: b${index}
    env:
      - CGO_ENABLED=0
      - NAME={{ .ProjectName }}-${index}
    goos:
      - linux
      - darwin
      - windows
    goarch:
      - amd64
      - arm64
    ldflags:
      - -s -w -X main.version={{ .Version }} -X main.commit={{ .ShortCommit }}
    mod_timestamp: "{{ .CommitTimestamp }}"
`,
)}archives:
${entries(
  25,
  (index) => `  - id: a${index}
    ids:
      - b${index}
    formats:
      - tar.gz
    name_template: '{{ .ProjectName }}_${index}_{{ title .Os }}_{{ if eq .Arch "amd64" }}x86_64{{ else }}{{ .Arch }}{{ end }}'
    format_overrides:
      - goos: windows
        formats:
          - zip
    files:
      - LICENSE*
      - README*
`,
)}nfpms:
${entries(
  15,
  (index) => `  - id: p${index}
    ids:
      - b${index}
    package_name: hello-${index}
    file_name_template: "{{ .ConventionalFileName }}"
    maintainer: Ann <ann@example.org>
    description: Says hello
    license: MIT
    formats:
      - deb
      - rpm
    contents:
      - src: ./hello.conf
        dst: /etc/hello-${index}.conf
        type: config
`,
)}homebrew_casks:
${entries(
  10,
  (index) => `  - name: hello-${index}
    ids:
      - a${index}
    repository:
      owner: ann
      name: homebrew-tap
    homepage: https://example.org
    description: Says hello {{ .Version }}
    skip_upload: "{{ .IsSnapshot }}"
`,
)}`
}

/** `check` of that config beside GoReleaser's. */
export async function benchCheck(rounds: number): Promise<Pair> {
  await using folder = await tempFolder('bench-check')
  const cwd = folder.path
  const text = longConfig()
  await writeFile(join(cwd, '.goreleaser.yaml'), text)
  await run(['git', 'init', '-q'], { cwd })
  await run(['git', 'remote', 'add', 'origin', 'https://github.com/ann/hello.git'], { cwd })
  const goreleaser = findGoreleaser()
  return await inTurn(
    `\`check\`, ${text.split('\n').length - 1} lines`,
    '≤ 1.5',
    'goreleaser check',
    rounds,
    () => measure([process.execPath, program, 'check'], { cwd }),
    () => measure([goreleaser, 'check'], { cwd }),
  )
}
