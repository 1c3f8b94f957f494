import type { Credentials } from '../../core/credentials.ts'
import { TagonceError } from '../../core/errors.ts'
import { isSecretName } from '../../core/secrets.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'

/** Stands around the name of what is known later: a secret, or a fact of the file that is sent. */
const EDGE = '\u{E000}'
const MARK = /\u{E000}(env|field):([A-Za-z0-9_]+)\u{E000}/gu

/** The fields of a file that a template may name. */
const FIELDS = [
  'ArtifactName',
  'ArtifactPath',
  'ArtifactExt',
  'ArtifactID',
  'Binary',
  'Os',
  'Arch',
  'Amd64',
  'I386',
  'Arm',
  'Arm64',
  'Mips',
  'Ppc64',
  'Riscv64',
  'Target',
] as const
export type FileFields = Record<(typeof FIELDS)[number], string>

type Path = (string | number)[]

/**
 * Renders a template of the config so that it can be sealed: in the place of each secret stands a mark with the name of its variable,
 * so no secret is in the manifest, and the text can be completed on any machine that has the variable. `isSecret`: by the name of a
 * variable, where a text holds secrets whatever they are called.
 * @example openText(sealText(config, 'Bearer {{ .Env.MY_TOKEN }}', path), credentials) // 'Bearer s3cret'
 */
export function sealText(
  config: SpokeConfig,
  text: string | undefined,
  path: Path,
  extra: Record<string, unknown> = {},
  isSecret: (name: string) => boolean = isSecretName,
): string {
  if (text === undefined || !text.includes('{{')) return text ?? ''
  const names = [...text.matchAll(/\.Env\.([A-Za-z_][A-Za-z0-9_]*)/g)].map((one) => one[1] ?? '').filter(isSecret)
  const secrets = Object.fromEntries(names.map((name) => [name, mark('env', name)]))
  const out = config.render(text, path, {
    ...extra,
    ...(names.length === 0 ? {} : { Env: { ...config.env, ...secrets } }),
  })
  const edges = out.split(EDGE).length - 1
  if (edges === 2 * [...out.matchAll(MARK)].length && !out.includes('%EE%80%80')) return out
  const where = config.position(path)
  config.problem({
    severity: 'error',
    code: 'secret-in-function',
    message: 'a secret, or a fact of a file, goes through a function here, which can only be done when it is known',
    mend: 'name it alone: "{{ .Env.NAME }}"',
    ...(where === undefined ? {} : { where }),
  })
  return ''
}

/** The same for a template that names facts of a file, which it is completed with later. */
export function sealFileText(config: SpokeConfig, text: string | undefined, path: Path): string {
  return sealText(config, text, path, Object.fromEntries(FIELDS.map((name) => [name, mark('field', name)])))
}

/** Completes a sealed text. Throws `credentials` for a variable that is not set. */
export function openText(text: string, credentials: Credentials, fields?: FileFields): string {
  return text.replaceAll(MARK, (_, kind: string, name: string) => {
    if (kind === 'env') return credentials.get(name)
    const value = fields === undefined ? undefined : fields[name as keyof FileFields]
    if (value === undefined) throw new TagonceError('manifest', `nothing is known of ${name} here`)
    return value
  })
}

/** Names of the variables whose values sealed settings want. */
export function secretsIn(settings: unknown): string[] {
  const text = JSON.stringify(settings) ?? ''
  return [...new Set([...text.matchAll(MARK)].filter((one) => one[1] === 'env').map((one) => one[2] ?? ''))]
}

function mark(kind: 'env' | 'field', name: string): string {
  return `${EDGE}${kind}:${name}${EDGE}`
}
