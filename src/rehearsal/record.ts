import type { WorldRequest } from '../spokes/world.ts'
import { appendLine, type Exchange } from './request-log.ts'

/** The hosts whose exchanges are API calls; downloads and git are not. */
const API_HOSTS = new Set(['api.github.com', 'uploads.github.com'])

/** Writes an API exchange down, bodies included where they are JSON; gives an equal response back. */
export async function recordExchange(file: string, request: WorldRequest, response: Response): Promise<Response> {
  if (!API_HOSTS.has(request.host)) return response
  const contentType = request.headers.get('content-type') ?? ''
  const answerType = response.headers.get('content-type') ?? ''
  const exchange: Exchange = {
    method: request.method,
    host: request.host,
    path: `${request.path}${request.query.size > 0 ? `?${request.query.toString()}` : ''}`,
    contentType,
    status: response.status,
    answerType,
  }
  if (request.host === 'api.github.com') {
    const body = await request.body().catch(() => Buffer.alloc(0))
    if (body.length > 0) exchange.body = parsed(body.toString())
  }
  let out = response
  if (answerType.includes('json')) {
    const text = await response.text()
    exchange.answer = parsed(text)
    out = new Response(text === '' ? null : text, response)
  }
  appendLine(file, exchange)
  return out
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
