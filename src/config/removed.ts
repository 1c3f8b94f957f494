import type { Move } from './moves.ts'
import { withReplacements } from './replacements.ts'

const renamed = (key: string, to: string): Move => ({ key, to, how: 'replace', mend: () => `rename it to \`${to}\`` })

const plural = (key: string, to: string): Move => ({
  key,
  to,
  how: 'append',
  mend: () => `write \`${to}:\` with a list of one`,
})

const needless = (key: string): Move => ({ key, how: 'drop', mend: () => 'delete it: it is always so now' })

const replacements = (list: string, template: string): Move => ({
  key: `${list}[].replacements`,
  to: template,
  how: 'replace',
  turn: (value, entry) => withReplacements(entry[template], value),
  mend: (value) => `put the names into \`${template}\`, like \`${withReplacements('{{ .Os }}_{{ .Arch }}', value)}\``,
})

/** Keys that version 2 has no more, and how what they say is said there. Older ones come first. */
export const REMOVED: readonly Move[] = [
  plural('build', 'builds'),
  plural('archive', 'archives'),
  plural('brew', 'brews'),
  plural('scoop', 'scoops'),
  plural('nfpm', 'nfpms'),
  plural('snapcraft', 'snapcrafts'),
  plural('sign', 'signs'),
  plural('blob', 'blobs'),
  plural('puts', 'uploads'),
  renamed('archives[].strip_parent_binary_folder', 'strip_binary_directory'),
  needless('archives[].rlcp'),
  needless('source.rlcp'),
  replacements('archives', 'name_template'),
  replacements('nfpms', 'file_name_template'),
  replacements('snapcrafts', 'name_template'),
  renamed('blobs[].folder', 'directory'),
  renamed('blobs[].kmskey', 'kms_key'),
  renamed('blobs[].disableSSL', 'disable_ssl'),
  renamed('brews[].folder', 'directory'),
  renamed('brews[].github', 'repository'),
  renamed('brews[].gitlab', 'repository'),
  renamed('brews[].tap', 'repository'),
  renamed('scoops[].folder', 'directory'),
  renamed('scoops[].bucket', 'repository'),
  renamed('krews[].index', 'repository'),
  renamed('nfpms[].name_template', 'file_name_template'),
  renamed('furies[].skip', 'disable'),
  renamed('changelog.skip', 'disable'),
  { key: 'dockers[].builds', to: 'ids', how: 'append', mend: () => 'rename it to `ids`' },
  {
    key: 'dockers[].use_buildx',
    to: 'use',
    how: 'replace',
    turn: () => 'buildx',
    mend: () => 'write `use: buildx`',
  },
]
