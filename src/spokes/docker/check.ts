import type { Plan } from '../../plan/plan.ts'
import type { Finding } from '../spoke.ts'
import { Rules } from '../shared/rules.ts'
import { nameFault, publishedName } from './names.ts'
import { withBase } from './base-mark.ts'
import type { DockerSettings } from './settings.ts'
import { isFixed } from './units.ts'

/** What the plan shows to be wrong, or likely not meant. Names and Dockerfiles were looked at when the entry was resolved. */
export function checkSettings(settings: DockerSettings, plan: Plan): Finding[] {
  const rules = new Rules('docker', settings.at)
  const { prerelease } = plan.source.semver
  const facts = { version: plan.version, commit: plan.source.commit }
  const moving = settings.names
    .map((text) => withBase(text, { name: 'base', digest: 'digest' }))
    // What is no name was told with its place already.
    .filter((text) => nameFault(text) === undefined)
    .map((text) => publishedName(text).tag)
    .filter((tag) => !isFixed(tag, facts))
  if (prerelease !== '' && moving.length > 0) {
    const message = `the pre-release ${plan.version} will be what ${[...new Set(moving)].join(', ')} gives`
    const mend = 'leave the tag empty for pre-releases: {{ if not .Prerelease }}latest{{ end }}'
    rules.warn('prerelease', message, mend, [settings.at.startsWith('dockers_v2') ? 'tags' : 'image_templates'])
  }
  if (settings.role === 'image') {
    for (const { name, files } of settings.platforms) {
      if (files.length > 0) continue
      const mend = 'add the target to builds, or leave the platform out'
      rules.warn('empty', `no program and no package is made for ${name}`, mend, ['platforms'])
    }
  }
  return rules.found
}
