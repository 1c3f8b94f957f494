import { describe, expect, it } from 'vitest'
import { GoTime, render, uint64 } from './template.ts'

const data = {
  ProjectName: 'hello',
  Binary: 'hello',
  Version: '1.2.3',
  Tag: 'v1.2.3',
  Major: uint64(1),
  Os: 'linux',
  Arch: 'amd64',
  Amd64: 'v1',
  Arm: '',
  Mips: '',
  ShortCommit: 'abc1234',
  Env: { FOO: 'bar' },
  Now: new GoTime(new Date('2026-07-28T01:02:03Z')),
}
// The default templates of GoReleaser v2.16.0: archives, checksum, snapshot, builds.ldflags.
const ARCHIVE =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'

describe("GoReleaser's default templates", () => {
  it.each([
    [ARCHIVE, {}, 'hello_1.2.3_linux_amd64'],
    [ARCHIVE, { Amd64: 'v3' }, 'hello_1.2.3_linux_amd64v3'],
    [ARCHIVE, { Arch: 'arm', Amd64: '', Arm: '6' }, 'hello_1.2.3_linux_armv6'],
    [ARCHIVE, { Arch: 'mips', Amd64: '', Mips: 'softfloat' }, 'hello_1.2.3_linux_mips_softfloat'],
    ['{{ .ProjectName }}_{{ .Version }}_checksums.txt', {}, 'hello_1.2.3_checksums.txt'],
    ['{{ .Version }}-SNAPSHOT-{{ .ShortCommit }}', {}, '1.2.3-SNAPSHOT-abc1234'],
    ['-X main.version={{.Version}} -X main.x={{ .Env.FOO }}', {}, '-X main.version=1.2.3 -X main.x=bar'],
    ['{{ .Now.Format "2006-01-02" }} {{ .Major }}', {}, '2026-07-28 1'],
    ['{{ index .Env "NO" }}|{{ if index .Env "FOO" }}set{{ else }}not{{ end }}', {}, '|set'],
  ])('%s with %j', (template, more, expected) => {
    expect(render(template, { ...data, ...more })).toBe(expected)
  })
})
