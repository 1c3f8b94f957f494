import { ids } from './common.ts'
import { choice, duration, flag, flagOrTemplate, list, object, pro, template, text } from './kinds.ts'

const command = {
  id: text,
  cmd: template,
  args: list(template),
  signature: template,
  ids,
  stdin: template,
  stdin_file: template,
  env: list(template),
  certificate: template,
  output: flagOrTemplate,
  if: pro(template),
}

export const sign = object({
  ...command,
  artifacts: choice(
    '',
    'all',
    'manifests',
    'images',
    'checksum',
    'source',
    'package',
    'archive',
    'binary',
    'sbom',
    'installer',
    'diskimage',
    'any',
    'none',
  ),
})

export const binarySign = object({ ...command, artifacts: choice('', 'binary', 'none') })

export const sbom = object({
  id: text,
  cmd: template,
  env: list(template),
  args: list(template),
  documents: list(template),
  artifacts: choice('', 'source', 'package', 'archive', 'binary', 'any', 'none', 'diskimage', 'installer'),
  ids,
  disable: flagOrTemplate,
})

export const notarize = object({
  macos: list(
    object({
      ids,
      enabled: flagOrTemplate,
      sign: object({ certificate: template, password: template, entitlements: template }),
      notarize: object({ issuer_id: template, key: template, key_id: template, timeout: duration, wait: flag }),
    }),
  ),
  macos_native: pro(
    list(
      object({
        ids,
        enabled: flagOrTemplate,
        sign: object({ identity: template, keychain: template, options: list(text), entitlements: template }),
        notarize: object({ profile_name: template, wait: flag }),
        use: choice('dmg', 'pkg'),
      }),
    ),
  ),
})
