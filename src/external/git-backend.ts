import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { run } from './process.ts'

/** What git's http-backend needs of a request. */
interface GitRequest {
  method: string
  query: URLSearchParams
  headers: Headers
  bodyFile(): Promise<{ path: string; size: number }>
}

/**
 * Answers a request of a clone or a fetch by git's own `http-backend`, which speaks CGI: the request in variables, the answer with
 * its headers on stdout. Who has no name can push nothing.
 * @param service `info/refs`, `git-upload-pack` or `git-receive-pack`
 */
export async function gitBackend(
  request: GitRequest,
  repository: string,
  service: string,
  login = '',
): Promise<Response> {
  const body = request.method === 'POST' ? await request.bodyFile() : undefined
  try {
    const { code, bytes, stderr } = await run(['git', 'http-backend'], {
      env: {
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_TERMINAL_PROMPT: '0',
        GIT_PROJECT_ROOT: repository,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: `/${service}`,
        REQUEST_METHOD: request.method,
        QUERY_STRING: request.query.toString(),
        CONTENT_TYPE: request.headers.get('content-type') ?? '',
        CONTENT_LENGTH: body === undefined ? '' : String(body.size),
        HTTP_CONTENT_ENCODING: request.headers.get('content-encoding') ?? '',
        GIT_PROTOCOL: request.headers.get('git-protocol') ?? '',
        REMOTE_USER: login,
        REMOTE_ADDR: '127.0.0.1',
      },
      ...(body === undefined ? {} : { input: createReadStream(body.path) }),
      limit: 1024 * 1024 * 1024,
    })
    const end = bytes.indexOf('\r\n\r\n')
    if (code !== 0 || end < 0) return new Response(`git http-backend failed: ${stderr}\n`, { status: 500 })
    const headers = new Headers()
    let status = 200
    for (const line of bytes.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*(.*)/)
      if (name.toLowerCase() === 'status') status = Number(value.slice(0, 3))
      else headers.set(name, value)
    }
    return new Response(Buffer.from(bytes.subarray(end + 4)), { status, headers })
  } finally {
    if (body !== undefined) await rm(body.path, { force: true })
  }
}
