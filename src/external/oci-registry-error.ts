import { TagonceError } from '../core/errors.ts'
import type { ErrorCode } from '../core/errors.ts'

interface Said {
  code?: string
  message?: string
  detail?: unknown
}

/**
 * The error of an answer that refuses, in the registry's own words: `{"errors":[{code,message,detail}]}`, or the title of a page.
 * @param what begins the message: `ghcr.io did not take the manifest of octo/hello v1`
 */
export async function refusal(response: Response, what: string): Promise<TagonceError> {
  const text = response.bodyUsed ? '' : await response.text().catch(() => '')
  const said = errorsOf(text)
  const words = said.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).filter(Boolean)
  const shown = words.length > 0 ? words.join('; ') : titleOf(text)
  const hint = hintOf(response.status, `${said.map((one) => one.code ?? '').join(' ')} ${shown}`)
  return new TagonceError(
    codeOf(response.status, said),
    `${what}: ${response.status}${shown === '' ? '' : ` ${shown}`}`,
    hint === undefined ? {} : { hint },
  )
}

function codeOf(status: number, said: Said[]): ErrorCode {
  if (status === 429 || said.some((one) => one.code === 'TOOMANYREQUESTS')) return 'rate-limit'
  if (status === 401 || status === 403) return 'credentials'
  return status >= 500 ? 'network' : 'spoke'
}

function hintOf(status: number, words: string): string | undefined {
  if (words.includes('write_package')) {
    return 'on GitHub, open the package, Package settings, Manage Actions access, and add this repository with the role Write'
  }
  if (words.includes('not allowed to Write organization package') || words.includes('not allowed to Create')) {
    return 'give the job `permissions: packages: write`'
  }
  if (status === 401 || status === 403)
    return 'look at the name, the token and its rights: it must be able to read and write packages'
  if (status === 413)
    return 'the registry, or a proxy before it, has a limit for the size of one request; ask who runs it'
  if (/immutable/i.test(words)) return 'tags cannot be moved there: release a new version'
  if (status === 429) return 'run the same command again later; with a login more is allowed'
  return undefined
}

function errorsOf(text: string): Said[] {
  try {
    const document = JSON.parse(text) as { errors?: unknown; message?: unknown; details?: unknown } | null
    if (Array.isArray(document?.errors))
      return document.errors.filter((one): one is Said => typeof one === 'object' && one !== null)
    const message = document?.details ?? document?.message
    return typeof message === 'string' ? [{ message }] : []
  } catch {
    return []
  }
}

function titleOf(text: string): string {
  const title = /<title>([^<]{1,200})/i.exec(text)?.[1]
  return (title ?? (text.includes('<') ? '' : text)).replace(/\s+/g, ' ').trim().slice(0, 200)
}
