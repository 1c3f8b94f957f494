import { z } from 'zod'
import { sealText } from '../../shared/sealed-text.ts'
import { isSecretName } from '../../../core/secrets.ts'
import type { SpokeConfig } from '../../../plan/spoke-config.ts'
import { parseSettings } from '../../shared/parse-settings.ts'
import type { SpokeEntry } from '../../spoke.ts'

const text = z.string()

const schema = z.strictObject({
  id: text,
  cmd: text,
  /** `$artifact`, `$digest` and variables are put in when it is run. */
  args: z.array(text),
  env: z.array(text),
  stdin: text.optional(),
  stdinFile: text,
  /** Paths below `dist`; empty where the tool writes no file. */
  signature: text,
  certificate: text,
  /** Keys of the config whose images are signed. */
  keys: z.array(text),
  /** Ids of entries; empty = all. */
  ids: z.array(text),
  tokenEnv: text,
})

export type SignSettings = z.infer<typeof schema>

export function parseSignSettings(settings: unknown): SignSettings {
  return parseSettings<SignSettings>(schema, 'docker_signs', settings)
}

/** What `artifacts` means, by the keys that make such images. */
const KEYS: Record<string, string[]> = {
  '': ['dockers_v2'],
  images: ['dockers', 'dockers_v2'],
  manifests: ['docker_manifests', 'dockers_v2', 'kos'],
  all: ['dockers', 'docker_manifests', 'dockers_v2', 'kos'],
}

/** The entries of `docker_signs`, with GoReleaser's defaults. */
export function resolveSigns(config: SpokeConfig): SpokeEntry<SignSettings>[] {
  if (config.plan.source.snapshot) return []
  return (config.config.docker_signs ?? []).flatMap((one, index) => {
    const at = ['docker_signs', index]
    const asked = one.artifacts ?? ''
    if (asked === 'none') return []
    const keys = KEYS[asked]
    if (keys === undefined) {
      tell(config, [...at, 'artifacts'], `no images are called ${asked}`, 'use images, manifests or all')
      return []
    }
    const id = one.id || 'default'
    const out = (key: 'signature' | 'certificate'): string => {
      const path = sealText(config, one[key], [...at, key])
      return path === '' ? '' : `${config.plan.dist}/${path.replace(`${config.plan.dist}/`, '')}`
    }
    const settings: SignSettings = {
      id,
      cmd: one.cmd || 'cosign',
      args: ((one.args ?? []).length > 0
        ? (one.args ?? [])
        : ['sign', '--key=cosign.key', '${artifact}@${digest}', '--yes']
      ).map((arg, nth) => sealText(config, arg, [...at, 'args', nth])),
      env: (one.env ?? []).map((entry, nth) => envEntry(config, entry, [...at, 'env', nth])),
      ...(one.stdin === undefined ? {} : { stdin: secretText(config, one.stdin, [...at, 'stdin']) }),
      stdinFile: one.stdin_file ?? '',
      signature: out('signature'),
      certificate: out('certificate'),
      keys,
      ids: one.ids ?? [],
      tokenEnv: config.plan.hub.tokenEnv,
    }
    return [{ entry: id, settings, at }]
  })
}

function envEntry(config: SpokeConfig, entry: string, path: (string | number)[]): string {
  const name = entry.slice(0, entry.indexOf('='))
  return isSecretName(name) ? secretText(config, entry, path, `${name}=`) : sealText(config, entry, path)
}

/** A text that holds a secret, however its variables are called; one that stands in the config itself is none. */
function secretText(config: SpokeConfig, text: string, path: (string | number)[], before = ''): string {
  if (text !== before && !/\{\{|\$/.test(text)) {
    tell(config, path, 'a secret does not stand in a config', 'write "{{ .Env.NAME }}"')
    return ''
  }
  return sealText(config, text, path, {}, () => true)
}

function tell(config: SpokeConfig, path: (string | number)[], message: string, mend: string): void {
  const where = config.position(path)
  config.problem({
    severity: 'error',
    code: 'docker-signs',
    message,
    mend,
    ...(where === undefined ? {} : { where }),
  })
}
