import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { projectFiles } from './pins.ts'
import type { SnapSettings } from './settings.ts'

/** The store's rules (snapcraft.io/docs/snap-format), and what its review refuses. Pure. */
export function checkSnap(settings: SnapSettings, plan: Plan): Finding[] {
  const rules = new Rules('snap', `snapcrafts ${settings.name}`)
  const { name } = settings
  if (!/^[a-z0-9](?:-?[a-z0-9])*$/.test(name) || !/[a-z]/.test(name) || name.length < 2 || name.length > 40) {
    rules.error(
      'name',
      'the name may hold 2 to 40 small letters, digits and single hyphens, and one letter',
      'set name:',
    )
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9:.+~-]{0,30}[A-Za-z0-9+~])?$/.test(plan.version)) {
    rules.error('version', `the version ${plan.version} is none for a snap: 32 characters at most`, 'use a shorter tag')
  }
  rules.required('summary', settings.summary)
  rules.required('description', settings.description)
  rules.length('summary', settings.summary, 1, 78)
  rules.length('description', settings.description, 1, 4096)
  rules.length('title', settings.title, 2, 40)
  if (/[\r\n]/.test(settings.summary)) rules.error('summary', 'the summary has two lines', 'one is allowed')
  rules.license(settings.license)
  if (settings.base === '') rules.warn('base', 'there is no base; the store wants one', 'set base: core24')
  if (settings.icon !== '')
    rules.error('icon', 'the store’s schema refuses icon in snap.yaml', 'put it into meta/gui by extra_files:')
  if (!['stable', 'devel'].includes(settings.grade))
    rules.error('grade', `grade ${settings.grade} is none`, 'set grade: stable')
  if (!['strict', 'classic', 'devmode'].includes(settings.confinement)) {
    rules.error('confinement', `confinement ${settings.confinement} is none`, 'set confinement: strict')
  }
  const risks = settings.channels.map((one) =>
    one.split('/').find((part) => ['stable', 'candidate', 'beta', 'edge'].includes(part)),
  )
  settings.channels.forEach((channel, at) => {
    if (risks[at] !== undefined) return
    rules.error('channel', `${channel} is no channel`, 'use [track/]risk[/branch]', ['channel_templates', at])
  })
  const high = risks.find((one) => one === 'stable' || one === 'candidate')
  if (high !== undefined && (settings.grade === 'devel' || settings.confinement === 'devmode')) {
    rules.error(
      'channel',
      `grade devel and confinement devmode can not go to ${high}`,
      'set channel_templates: [edge, beta]',
      ['channel_templates'],
    )
  }
  if (settings.confinement === 'classic') {
    rules.warn(
      'confinement',
      'classic confinement is granted by a person, once for each name',
      'ask on forum.snapcraft.io',
    )
  }
  for (const app of Object.keys(settings.apps)) {
    if (/^[A-Za-z0-9](?:-?[A-Za-z0-9])*$/.test(app)) continue
    rules.error('app', `${app} is no name of an app`, 'mend apps:', ['apps', app])
  }
  const unused = Object.keys({ ...settings.hooks, ...settings.plugs }).length + settings.assumes.length
  if (Object.keys(settings.apps).length === 0 && unused > 0) {
    rules.warn('apps', 'without apps, GoReleaser writes neither hooks nor plugs nor assumes', 'name the apps')
  }
  checkCommands(rules, settings)
  if (plan.source.semver.prerelease !== '' && risks.includes('stable')) {
    rules.warn(
      'prerelease',
      `the pre-release ${plan.version} will be what everybody gets, since stable is among the channels`,
      'set channel_templates: with a template that leaves it out',
      ['channel_templates'],
    )
  }
  rules.rendered(settings)
  if (settings.packages.length === 0)
    rules.error('no-program', 'no program for Linux fits', 'look at ids: and builds:', ['ids'])
  return rules.found
}

/** What an app starts has to be in the snap: `snap pack` refuses it otherwise. */
function checkCommands(rules: Rules, settings: SnapSettings): void {
  const files = new Set(projectFiles(settings).map((one) => one.destination))
  for (const [app, { command }] of Object.entries(settings.apps)) {
    const [file = ''] = command.split(' ')
    const lacking = settings.packages.find((one) => !files.has(file) && one.programs.every(({ name }) => name !== file))
    if (lacking === undefined) continue
    const names = lacking.programs.map((one) => one.name).join(', ')
    rules.error(
      'command',
      `the app ${app} starts ${file}, which the snap for ${lacking.arch} does not hold; there is ${names}`,
      `set apps.${app}.command:`,
      ['apps', app, 'command'],
    )
  }
  for (const [at, { destination, mode }] of settings.files.entries()) {
    const key = ['extra_files', at]
    if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(destination)) {
      rules.error('file', `${destination} leaves the snap`, 'set extra_files[].destination: to a path below it', key)
    }
    if (destination.startsWith('meta/hooks/') && (mode & 0o111) === 0) {
      rules.error('hook', `${destination} is a hook and can not be executed`, 'set extra_files[].mode: 0755', key)
    }
  }
}
