import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { doubled } from '../shared/select.ts'
import { NIX_LICENSES } from './licenses.ts'
import type { NixSettings } from './settings.ts'

/** Arguments that a derivation of ours has anyway; Nix refuses a second of the same name. */
const TAKEN = new Set(['lib', 'fetchurl', 'installShellFiles', 'stdenvNoCC'])

/** What nixpkgs' `mkDerivation` takes, and what would break the text. Pure. */
export function checkNix(settings: NixSettings, plan: Plan): Finding[] {
  const rules = new Rules('nix', `nix ${settings.name}`)
  if (!/^[A-Za-z_][\w'.+-]*$/.test(settings.name)) {
    rules.error('name', 'the name may hold letters, digits and . _ + - only', 'set name:')
  }
  if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(settings.path)) {
    rules.error('path', `path ${settings.path} leaves the repository`, 'name a file inside it')
  }
  if (!settings.path.endsWith('.nix')) rules.warn('path', `path ${settings.path} does not end in .nix`, 'mend path:')
  if (settings.license !== '' && !NIX_LICENSES.has(settings.license)) {
    const mend = 'use a name of nixpkgs, such as mit, asl20, gpl3Only'
    rules.error('license', `${settings.license} is no licence of nixpkgs`, mend)
  }
  rules.address('homepage', settings.homepage)
  for (const key of ['description', 'homepage', 'mainProgram'] as const) {
    const text = settings[key]
    // A quote ends the text, and `${` begins an expression.
    if (/(?<!\\)(?:\\\\)*"|(?<!\\)(?:\\\\)*\$\{|(?<!\\)(?:\\\\)*\\$/.test(text)) {
      rules.error(
        'quotes',
        `${key} would break the Nix text: ${JSON.stringify(text)}`,
        'write \\" for a quote, \\${ for ${',
        [key === 'mainProgram' ? 'main_program' : key],
      )
    }
  }
  const phases = {
    install: settings.install ?? [],
    extra_install: settings.extraInstall,
    post_install: settings.postInstall,
  }
  for (const [key, lines] of Object.entries(phases)) {
    for (const line of lines.filter((one) => /(?<!')''(?!['$\\])/.test(one))) {
      rules.error('quotes', `${JSON.stringify(line)} would end the Nix text`, "write ''' for two single quotes", [key])
    }
  }
  if (settings.install !== null && settings.install.length + settings.extraInstall.length === 0) {
    rules.error('install', 'install holds blanks only: nothing would be installed', 'leave install: out')
  }
  for (const [at, { name }] of settings.dependencies.entries()) {
    const key = ['dependencies', at]
    if (TAKEN.has(name)) {
      const mend = 'leave it out of dependencies:'
      rules.error('dependency', `${name} is an argument of the derivation already`, mend, key)
    }
    if (/^[A-Za-z_][\w'.-]*$/.test(name)) continue
    rules.error('dependency', `${JSON.stringify(name)} is no name of a package`, 'mend dependencies:', key)
  }
  rules.rendered(settings)
  const chosen = rules.chosen(settings.packages, plan, 'an archive for Linux or macOS')
  rules.once(doubled(chosen, ({ platform }) => `${platform?.goos}/${platform?.goarch}${platform?.goarm ?? ''}`))
  return rules.found
}
