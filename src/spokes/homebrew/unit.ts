import type { Manifest } from '../../manifest/manifest.ts'
import type { Place } from '../shared/git-files.ts'
import type { Unit } from '../spoke.ts'
import { caskText } from './cask.ts'
import { formulaText } from './formula.ts'
import type { CaskSettings, FormulaSettings, TapSettings } from './settings.ts'
import { packagesOf, pathInTap } from './text.ts'

export type TapKind = 'formula' | 'cask'

/** One file in a tap. It is a pointer, too: what `brew install` gives moves with it. */
export interface TapUnit extends Unit {
  kind: TapKind
  place: Place
  tokenEnv: string
  api: string
  upload: string
  path: string
  content: string
  version: string
  author: TapSettings['author']
  message: string
  /** What each platform downloads. */
  downloads: { platform: string; artifact: string; url: string; sha256: string }[]
  /** Why a download can't be fetched without the user's own credentials; empty when it can. */
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
  const { owner, name, branch, tokenEnv, api, upload } = settings.repository
  const path = pathInTap(settings)
  const { macos, linux } = packagesOf(manifest, settings)
  return {
    ...text,
    id: `homebrew:${owner}/${name}/${path}@${manifest.version}`,
    address: `${manifest.hub.download}/${owner}/${name}/blob/${branch || 'HEAD'}/${path}`,
    needs: [],
    pointer: text.kind,
    files: [{ path, content: text.content, dist: `homebrew/${path}` }],
    place: { owner, name, branch },
    tokenEnv,
    api,
    upload,
    path,
    version: manifest.version,
    author: settings.author,
    message: settings.message,
    downloads: [...macos, ...linux].map((one) => ({
      platform: `${one.goos}/${one.goarch}`,
      artifact: one.artifact.name,
      url: one.settings.url,
      sha256: one.artifact.sha256,
    })),
  }
}
