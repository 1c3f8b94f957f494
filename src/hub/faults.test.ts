import { expect, test } from 'vitest'
import { hubWorld } from './testing.ts'
import type { Intercept } from './testing.ts'
import {
  ASSETS,
  JSON_TYPE,
  ONE,
  RELEASES,
  answer,
  cutUpload,
  expectWhole,
  first,
  lost,
  thrown,
} from './testing-faults.ts'

// The fault matrix "Hub" of pitfalls.md, row by row; what is found there from before is in leftovers.test.ts.

interface Row {
  name: string
  fault: Intercept
  /** Requests that change something, once all is done. */
  writes: number
}

const PASSING: Row[] = [
  {
    name: 'a draft that is seen late: 404 twice after it was made',
    fault: first(2, (method, path) => method === 'GET' && ONE.test(path), answer(404, 'Not Found')),
    writes: 5,
  },
  {
    name: 'a draft that uploads see late: 404 twice',
    fault: first(2, (method, path) => method === 'POST' && ASSETS.test(path), answer(404, 'Not Found')),
    writes: 7,
  },
  {
    name: 'an upload that was cut',
    fault: first(1, (method, path) => method === 'POST' && ASSETS.test(path), cutUpload),
    writes: 7,
  },
  {
    name: 'an upload that arrived, its answer lost',
    fault: first(1, (method, path) => method === 'POST' && ASSETS.test(path), lost),
    writes: 5,
  },
  {
    name: 'a draft that was made, its answer lost',
    fault: first(1, (method, path) => method === 'POST' && path === RELEASES, lost),
    writes: 5,
  },
  {
    name: 'published, the answer lost',
    fault: first(1, (method) => method === 'PATCH', lost),
    writes: 5,
  },
  {
    name: 'not published: 502',
    fault: first(1, (method) => method === 'PATCH', answer(502, 'Server Error')),
    writes: 6,
  },
  {
    name: 'a rate limit that says when: 403 with Retry-After, on a write',
    fault: first(
      1,
      (method, path) => method === 'POST' && path === RELEASES,
      answer(403, 'limit', { 'retry-after': '30' }),
    ),
    writes: 6,
  },
  {
    name: 'a secondary limit that does not say when',
    fault: first(1, (method) => method === 'PATCH', answer(403, 'You have exceeded a secondary rate limit.')),
    writes: 6,
  },
  { name: '401 once', fault: first(1, (method) => method === 'GET', answer(401, 'Bad credentials')), writes: 5 },
  {
    name: 'a web page with 200',
    fault: first(
      2,
      (_, path) => path.endsWith('/releases/tags/v1.0.0'),
      () => Promise.resolve(new Response('<html>maintenance</html>', { headers: { 'content-type': 'text/html' } })),
    ),
    writes: 5,
  },
  {
    name: 'a gateway that fails on look-up',
    fault: first(3, (method) => method === 'GET', answer(502, 'bad')),
    writes: 5,
  },
]

test.each(PASSING)('goes on after: $name', async ({ fault, writes }) => {
  await using world = await hubWorld()
  world.intercept(fault)
  expect((await world.store()).state).toBe('live')
  world.intercept((_, next) => next())
  await expectWhole(world)
  expect(world.writes()).toHaveLength(writes)
  // And a further run has nothing to do.
  const before = world.writes().length
  expect((await world.store()).state).toBe('live')
  expect(world.writes()).toHaveLength(before)
})

interface Stop {
  name: string
  fault: Intercept
  code: string
  message: RegExp
  hint: RegExp
}

const STOPPING: Stop[] = [
  {
    name: 'a token that is refused every time',
    fault: answer(401, 'Bad credentials'),
    code: 'credentials',
    message: /does not accept the token \(401\).*Bad credentials/,
    hint: /contents:write/,
  },
  {
    name: 'a token without the permission',
    fault: first(
      99,
      (method) => method === 'POST',
      answer(403, 'Resource not accessible by personal access token', {
        'x-accepted-github-permissions': 'contents=write; workflows=write',
      }),
    ),
    code: 'credentials',
    message: /does not allow this to the token \(403\)/,
    hint: /needs contents=write or workflows=write/,
  },
  {
    name: 'a classic token without the scope: 404 on a write',
    fault: first(99, (method) => method === 'POST', answer(404, 'Not Found', { 'x-oauth-scopes': 'gist' })),
    code: 'credentials',
    message: /hides this from the token \(404\)/,
    hint: /lacks the scope.*it has the scopes: gist/,
  },
  {
    name: 'the hour used up',
    fault: first(
      99,
      (method) => method === 'POST',
      answer(403, 'API rate limit exceeded for user ID 1.', {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Date.parse('2026-05-01T12:50:00Z') / 1000),
      }),
    ),
    code: 'rate-limit',
    message: /rate limit is used up/,
    hint: /after 2026-05-01T12:50:00/,
  },
  {
    name: 'a tag forbidden by a rule',
    fault: first(
      99,
      (method) => method === 'PATCH',
      () =>
        Promise.resolve(
          new Response(
            JSON.stringify({
              message: 'Validation Failed',
              errors: [
                {
                  resource: 'Release',
                  code: 'custom',
                  field: 'pre_receive',
                  message: 'pre_receive Repository rule violations found',
                },
              ],
            }),
            { status: 422, headers: JSON_TYPE },
          ),
        ),
    ),
    code: 'hub',
    message: /refuses \(422\).*Repository rule violations found/,
    hint: /^$/,
  },
]

test.each(STOPPING)('stops, saying what to do, at: $name', async ({ fault, code, message, hint }) => {
  await using world = await hubWorld()
  world.intercept(fault)
  const error = await thrown(world.store())
  expect(error.code).toBe(code)
  expect(error.message).toMatch(message)
  expect(error.hint ?? '').toMatch(hint)
  expect(error.message + (error.hint ?? '')).not.toContain('ghp_')
})

test('a bare 403 is asked once, a 401 twice', async () => {
  await using world = await hubWorld()
  const counts = new Map<string, number>()
  const refuse = (status: number, message: string): void =>
    world.intercept(({ path }) => {
      counts.set(path, (counts.get(path) ?? 0) + 1)
      return Promise.resolve(new Response(JSON.stringify({ message }), { status, headers: JSON_TYPE }))
    })
  refuse(403, 'no')
  await thrown(world.store())
  expect(counts.get('/repos/acme/hello')).toBe(1)
  expect(new Set(counts.values())).toEqual(new Set([1]))
  counts.clear()
  refuse(401, 'Bad credentials')
  await thrown(world.store())
  expect(counts.get('/repos/acme/hello')).toBe(2)
})

test('a look-up that always fails is unknown, never absent: nothing is made', async () => {
  await using world = await hubWorld()
  world.intercept((request, next) => (request.path.includes('/releases') ? answer(503, 'down')() : next()))
  expect((await world.hub().observe('v1.0.0')).state).toBe('unknown')
  const error = await thrown(world.store())
  expect([error.code, error.exitCode]).toEqual(['network', 75])
  expect(world.writes()).toEqual([])
})

test('killed before or after any write, the next run ends where an undisturbed one does', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; nth <= 5; nth++) {
      await using world = await hubWorld()
      const stop = new AbortController()
      let writes = 0
      world.intercept(async (request, next) => {
        if (request.method === 'GET' || ++writes !== nth) return next()
        if (when === 'after') await next()
        stop.abort()
        return new Response(null, { status: 500 })
      })
      expect((await thrown(world.store({}, world.files, world.hub(stop.signal)))).code).toBe('interrupted')
      world.intercept((_, next) => next())
      expect((await world.store()).state, `${when} write ${nth}`).toBe('live')
      await expectWhole(world)
      // Everything once, but what was cut: a draft, three files, a publication.
      expect(world.writes().filter((one) => one === `POST ${RELEASES}`).length).toBe(
        nth === 1 && when === 'before' ? 2 : 1,
      )
    }
  }
}, 120_000)
