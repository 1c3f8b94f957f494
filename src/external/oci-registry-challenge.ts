/** What a registry asks for with a 401. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service: string | undefined; scope: string[] }

const NEXT = /[\s,]*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w-]+))/y

/**
 * The challenge of a `WWW-Authenticate` that we can meet, a token rather than the password; undefined when there is none.
 * https://www.rfc-editor.org/rfc/rfc9110#field.www-authenticate: several may stand in one line.
 * @example challengeOf('Bearer realm="https://auth.docker.io/token",service="registry.docker.io"')
 */
export function challengeOf(header: string): Challenge | undefined {
  const found: { scheme: string; values: Map<string, string> }[] = []
  NEXT.lastIndex = 0
  for (let match = NEXT.exec(header); match !== null; match = NEXT.exec(header)) {
    const [, name, quoted, bare = '', scheme] = match
    if (scheme !== undefined) found.push({ scheme: scheme.toLowerCase(), values: new Map() })
    else found.at(-1)?.values.set((name ?? '').toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare)
  }
  const bearer = found.find((one) => one.scheme === 'bearer' && one.values.has('realm'))
  if (bearer !== undefined) {
    const scope = (bearer.values.get('scope') ?? '').split(' ').filter((one) => one !== '')
    return { scheme: 'bearer', realm: bearer.values.get('realm') ?? '', service: bearer.values.get('service'), scope }
  }
  return found.some((one) => one.scheme === 'basic') ? { scheme: 'basic' } : undefined
}
