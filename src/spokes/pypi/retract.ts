import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import { evidenceOf, state } from '../shared/evidence.ts'
import type { ChannelIO, RetractStep } from '../spoke.ts'
import { reader } from './index-client.ts'
import { normalName } from './name.ts'
import type { PypiSettings } from './settings.ts'
import type { PypiUnit } from './units.ts'
import { isPrerelease, sameVersion } from './version.ts'

/** A step that can be carried out without the manifest. */
export interface PypiRetractStep extends RetractStep {
  settings: PypiSettings
  /** The page on which a person does it. */
  page: string
}

/**
 * How a version is taken back. PyPI has no request for it: yanking is done on the website, so the one step says where, and is done
 * when the index shows it. One step for the release, since all its wheels are yanked at once.
 */
export function retractPlan(unit: PypiUnit, seen: Observation): PypiRetractStep[] {
  if (seen.state !== 'live' && seen.state !== 'blocked') return []
  const { settings } = unit
  // Where there is no pointer, its wheels speak for themselves.
  const speaks = unit.role === 'pointer' || isPrerelease(settings.version) || settings.index.kind === 'other'
  if (!speaks) return []
  const page =
    settings.index.kind === 'other'
      ? `${settings.index.simple}/${normalName(settings.name)}/`
      : `${new URL(settings.index.simple).origin}/manage/project/${normalName(settings.name)}/release/${settings.version}/`
  const what = `yank ${settings.name} ${settings.version} by hand at ${page}: pip passes it over then, unless it is asked for by its number`
  return [{ unit: unit.id, what, final: false, settings, page }]
}

/** Looks whether a person has done it. */
export async function retractAct(step: PypiRetractStep, io: ChannelIO): Promise<Observation> {
  const { settings } = step
  const page = await reader(settings, io).project(normalName(settings.name))
  const files = (page.body?.files ?? []).filter((one) =>
    sameVersion(one.filename.split('-')[1] ?? '', settings.version),
  )
  const yanked = files.filter((one) => one.yanked !== false).length
  const seen = [evidenceOf(io, page.url, `${yanked} of ${files.length} files are yanked`)]
  if (page.status === 404 || (page.body !== undefined && files.length === 0)) return state('absent', seen)
  if (files.length > 0 && yanked === files.length) return state('retracted', seen)
  throw new TagonceError(
    'spoke',
    `${settings.name} ${settings.version} is not yanked, and PyPI lets only a person do that`,
    {
      hint: `log in and press "Options", "Yank" at ${step.page}; then run the same command again`,
    },
  )
}
