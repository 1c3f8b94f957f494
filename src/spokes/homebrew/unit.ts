import type { Manifest } from '../../manifest/manifest.ts'
import { gitUnit, type GitUnit } from '../shared/git-unit.ts'
import { caskText } from './cask.ts'
import { formulaText } from './formula.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'
import { packagesOf, pathInTap } from './text.ts'

export type TapKind = 'formula' | 'cask'

/** One file in a tap. It is a pointer, too: what `brew install` gives moves with it. */
export interface TapUnit extends GitUnit {
  kind: TapKind
  path: string
  content: string
  unfetchable: string
}

/** The unit of a formula. Pure. */
export function formulaUnits(manifest: Manifest, settings: FormulaSettings): TapUnit[] {
  const unfetchable =
    settings.downloadStrategy === undefined
      ? settings.headers.length === 0
        ? ''
        : 'it needs the headers of url_headers'
      : `it needs ${settings.downloadStrategy}`
  return [unitOf(manifest, settings, { kind: 'formula', content: formulaText(manifest, settings), unfetchable })]
}

/** The unit of a cask. Pure. */
export function caskUnits(manifest: Manifest, settings: CaskSettings): TapUnit[] {
  const { using, cookies, headers, data } = settings.url
  const special = using !== undefined || cookies.length + headers.length + data.length > 0
  const unfetchable = special ? 'it needs the parameters of url' : ''
  return [unitOf(manifest, settings, { kind: 'cask', content: caskText(manifest, settings), unfetchable })]
}

function unitOf(
  manifest: Manifest,
  settings: TapSettings,
  text: Pick<TapUnit, 'kind' | 'content' | 'unfetchable'>,
): TapUnit {
  const path = pathInTap(settings)
  const { macos, linux } = packagesOf(manifest, settings)
  const downloads = [...macos, ...linux].map((one) => ({
    platform: `${one.goos}/${one.goarch}`,
    artifact: one.artifact.name,
    url: one.settings.url,
    sha256: one.artifact.sha256,
  }))
  const files = [{ path, content: text.content, dist: `homebrew/${path}` }]
  return {
    ...gitUnit(manifest, settings, { spoke: 'homebrew', files, downloads }),
    ...text,
    pointer: text.kind,
    path,
  }
}
