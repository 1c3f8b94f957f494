import * as fc from 'fast-check'

/** Pieces that have broken texts before: blanks, templates, quotes, tabs, what Ruby reads as code. */
const piece = fc.constantFrom(
  'a',
  'b"c',
  '',
  ' ',
  'x{{ .ProjectName }}',
  '  two',
  'tab\there',
  'é✓',
  'end  ',
  '#{version}',
  '{{ .Version }}',
  "q'q",
  '\\',
  '{{ if .Tag }}yes{{ else }}no{{ end }}',
)
const line = fc.array(piece, { maxLength: 3 }).map((one) => one.join(' '))
const lines = fc.array(line, { maxLength: 3 })
/** GoReleaser writes empty stanzas for a block of blanks; that is not worth copying. */
const severalLines = fc.constant('{{ print "one\\n  two" }} {{ .ProjectName }}')
const block = fc
  .tuple(
    fc.array(fc.oneof(line, severalLines), { maxLength: 4 }),
    fc.constantFrom('', '{{- if .Tag }}', '{{ if .Tag -}}'),
    line,
  )
  .map(([first, condition, inside]) => [...first, ...(condition === '' ? [] : [condition, inside, '{{- end }}', 'z'])])
  .map((one) => one.join('\n'))
  .filter((one) => one === '' || one.trim() !== '')

const common = {
  repository: fc.constant({ owner: 'acme', name: 'homebrew-tap' }),
  homepage: line,
  description: line,
  caveats: block,
  custom_block: block,
  service: block,
}

const dependency = fc.record(
  {
    name: fc.constantFrom('x', 'b', 'a', 'zz'),
    type: fc.constantFrom('', 'optional'),
    version: fc.constantFrom('', '1'),
    os: fc.constantFrom('mac', 'linux'),
  },
  { requiredKeys: ['name'] },
)

export const anyBrew = fc.record(
  {
    ...common,
    install: block,
    extra_install: block,
    post_install: block,
    test: block,
    conflicts: lines,
    license: line,
    url_headers: lines,
    custom_require: line,
    download_strategy: line,
    dependencies: fc.uniqueArray(dependency, { selector: (one) => one.name, maxLength: 3 }),
  },
  { requiredKeys: ['repository'] },
)

const uninstall = fc.record(
  { launchctl: lines, quit: lines, login_item: lines, delete: lines, trash: lines },
  { requiredKeys: [] },
)
const hook = fc.record({ install: block, uninstall: block })

export const anyCask = fc.record(
  {
    ...common,
    binaries: lines,
    manpages: fc.array(fc.constantFrom('*.1', 'hello.?', 'no', 'READ*', '{{ .ProjectName }}.1'), { maxLength: 2 }),
    completions: fc.record({ bash: line, zsh: line, fish: line }, { requiredKeys: [] }),
    generate_completions_from_executable: fc.record(
      {
        executable: line,
        args: lines,
        base_name: line,
        shell_parameter_format: fc.constantFrom('', 'arg', 'other'),
        shells: fc.array(fc.constantFrom('bash', 'zsh')),
      },
      { requiredKeys: [] },
    ),
    dependencies: fc.array(fc.record({ cask: fc.constantFrom('', 'a', 'b'), formula: fc.constantFrom('c', 'd') }), {
      maxLength: 3,
    }),
    conflicts: fc.array(fc.record({ cask: fc.constantFrom('', 'a', 'b') }), { maxLength: 2 }),
    hooks: fc.record({ pre: hook, post: hook }),
    uninstall,
    zap: uninstall,
    url: fc.record(
      {
        verified: line,
        using: line,
        cookies: fc.dictionary(fc.constantFrom('b', 'a'), line),
        referer: line,
        headers: lines,
        user_agent: line,
        data: fc.dictionary(fc.constantFrom('z', 'y'), line),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['repository'] },
)

export const anyBuild = fc.record({
  binary: fc.constant('hello'),
  goos: fc.subarray(['linux', 'darwin'], { minLength: 1 }),
  goarch: fc.subarray(['amd64', 'arm64'], { minLength: 1 }),
})

export const anyArchive = fc.record(
  {
    wrap_in_directory: fc.constantFrom(true, 'w', ''),
    files: fc.constantFrom(['README.md', 'hello.1'], ['none*']),
    formats: fc.constantFrom(['zip'], ['binary'], ['tar.gz']),
  },
  { requiredKeys: [] },
)
