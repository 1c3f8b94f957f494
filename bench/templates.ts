import { goreleaserFunctions, GoTime, render, uint64 } from '../src/template/template.ts'
import { hasGo, timeOfGo } from '../src/template/testdata/judge.ts'

const data = {
  ProjectName: 'hello',
  Version: '1.0.0',
  Tag: 'v1.0.0',
  Os: 'linux',
  Arch: 'arm',
  Arm: '6',
  Mips: '',
  Amd64: '',
  Major: uint64(1),
  Now: new GoTime(new Date('2026-07-28T01:02:03Z')),
  Env: { FOO: 'bar' },
  List: ['a', 'b', 'c'],
}
const templates = [
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}',
  '-s -w -X main.version={{.Version}} -X main.date={{ .Now.Format "2006-01-02" }} {{ index .Env "FOO" }}',
  '{{ range $i, $v := .List }}{{ if $i }}, {{ end }}{{ $v | toupper }}{{ end }} {{ printf "%s-%05d" .Tag .Major }} {{ replace .Tag "v" "" }}',
]

export interface TemplateTimes {
  renders: number
  /** Milliseconds of each round. */
  ours: number[]
  /** Those of Go's text/template; undefined where there is no Go. */
  go: number[] | undefined
}

/**
 * Parses and renders 10,000 templates of the kind that configs hold, ours and Go's in turn.
 * @example const { ours, go } = benchTemplates()
 */
export function benchTemplates(rounds = 5, renders = 10_000): TemplateTimes {
  const env = { FOO: 'bar' }
  const functions = goreleaserFunctions({ readFile: () => new Uint8Array(), env, cwd: '/' })
  const times: TemplateTimes = { renders, ours: [], go: hasGo() ? [] : undefined }
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    for (let at = 0; at < renders; at++) render(templates[at % templates.length] ?? '', data, functions)
    times.ours.push(performance.now() - start)
    times.go?.push(
      timeOfGo(
        templates.map((template) => ({ template, data })),
        renders,
      ),
    )
  }
  return times
}

if (import.meta.main) console.log(JSON.stringify(benchTemplates(), undefined, 2))
