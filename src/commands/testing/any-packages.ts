import * as fc from 'fast-check'

/** Pieces that have broken texts before: blanks, templates, quotes, tabs, what a format reads as its own. */
const piece = fc.constantFrom(
  'a',
  'b"c',
  '',
  ' ',
  'x{{ .ProjectName }}',
  '  two',
  'tab\there',
  'é✓',
  '\u{1f600}',
  'end  ',
  '# no',
  ': yes',
  '- item',
  '{{ .Version }}',
  "q'q",
  '\\',
  '<b>&amp;',
  '1.20',
  'true',
  '2026-01-02',
  '%20',
  '{{ if .Tag }}yes{{ else }}no{{ end }}',
)
const line = fc.array(piece, { maxLength: 3 }).map((one) => one.join(' '))
const full = line.map((one) => `x${one}`)
const lines = fc.array(full, { maxLength: 3 })
const block = fc.array(line, { maxLength: 4 }).map((one) => one.join('\n'))
/** What GoReleaser does not render must hold no template: it would stay one. */
const plain = line.map((one) => one.replaceAll(/\{\{[^}]*\}\}/g, 'p'))
/** A date without quotes is a time for Go where any value may stand; ours stays the text that it is. */
const undated = plain.filter((one) => !/^\s*\d{4}-/.test(one))
const plains = fc.array(plain, { maxLength: 3 })

const repository = fc.constant({ owner: 'acme', name: 'packages' })
const optional = <T>(
  record: { [K in keyof T]: fc.Arbitrary<T[K]> },
  required: (keyof T)[] = [],
): fc.Arbitrary<unknown> => fc.record(record, { requiredKeys: required })

/** Entries of all package managers at once. */
export const anyPackages = fc.record({
  scoop: optional(
    {
      repository,
      description: line,
      homepage: line,
      license: plain,
      persist: plains,
      pre_install: plains,
      post_install: plains,
      depends: plains,
      shortcuts: fc.array(plains, { maxLength: 2 }),
    },
    ['repository'],
  ),
  winget: optional(
    {
      repository,
      publisher: full,
      package_identifier: fc.constant('Acme.Hello'),
      license: full,
      short_description: full,
      description: block,
      author: line,
      copyright: line,
      homepage: line,
      release_notes: block,
      installation_notes: block,
      tags: plains,
      package_name: line,
    },
    ['repository', 'publisher', 'package_identifier', 'license', 'short_description'],
  ),
  krew: optional(
    { repository, short_description: full, description: block.map((one) => `x${one}`), caveats: block, homepage: line },
    ['repository', 'short_description', 'description'],
  ),
  nix: optional(
    {
      repository,
      description: line,
      homepage: line,
      license: fc.constantFrom('mit', 'asl20'),
      main_program: line,
      install: block,
      extra_install: block,
      post_install: block,
      dependencies: fc.array(
        fc.record({ name: fc.constantFrom('git', 'zsh', 'fish'), os: fc.constantFrom('', 'linux', 'darwin') }),
        {
          maxLength: 3,
        },
      ),
    },
    ['repository'],
  ),
  aur: optional({
    description: line,
    homepage: line,
    license: line,
    maintainers: lines,
    contributors: lines,
    provides: lines,
    conflicts: lines,
    depends: lines,
    optdepends: lines,
    backup: lines,
    package: block,
  }),
  chocolatey: optional({
    title: plain,
    authors: plain,
    owners: plain,
    tags: plain,
    copyright: line,
    summary: line,
    description: block,
    release_notes: block,
    require_license_acceptance: fc.boolean(),
  }),
  snap: optional(
    {
      summary: full,
      description: block.map((one) => `x${one}`),
      title: plain,
      base: fc.constantFrom('core24', 'core22'),
      apps: fc.dictionary(
        fc.constantFrom('hello', 'a10', 'a9', 'b'),
        optional({
          command: plain,
          args: plain,
          plugs: plains,
          environment: fc.dictionary(fc.constantFrom('A', 'B2', 'B10'), undated),
        }),
        { maxKeys: 3 },
      ),
      plugs: fc.dictionary(fc.constantFrom('p', 'q'), fc.constantFrom(null, { interface: 'content', list: ['a', 1] }), {
        maxKeys: 2,
      }),
    },
    ['summary', 'description'],
  ),
})
