import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { TagonceError } from '../core/errors.ts'
import { Events } from '../core/events.ts'
import { tempFolder } from '../core/temp.ts'
import { attachReporter } from '../report/reporter.ts'
import { TEST_ENV, testRepository } from '../source/test-repository.ts'
import type { Context } from './context.ts'
import { withDeadline } from './deadline.ts'
import { duration } from './duration.ts'
import { buildSkips, releaseSkips } from './skips.ts'
import { isSnapshot } from './snapshot.ts'

function contextOf(root: string, signal = new AbortController().signal): Context {
  const events = new Events()
  return { root, events, env: TEST_ENV, signal, reporter: attachReporter(events, { json: false, quiet: true, root }) }
}

// Go's time.ParseDuration.
it.each([
  ['90s', 90_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['1h1m1s1ms', 3_661_001],
  ['250us', 0.25],
])('duration %s', (text, milliseconds) => expect(duration(text)).toBe(milliseconds))
it.each(['', '5', 'h', '1d', '-1s', '0s', '1h ', '1 h', '9999h', 'Infinity'])('is no duration: %j', (text) => {
  expect(() => duration(text)).toThrow('such as 90s')
})

describe('--skip', () => {
  it('takes GoReleaser’s words with all that they stand for', () => {
    expect([...releaseSkips(['homebrew', 'aur-source'], false)].toSorted()).toEqual([
      'aur-source',
      'aur_sources',
      'brews',
      'cask',
      'homebrew',
      'homebrew_casks',
    ])
    expect([...releaseSkips(['npm', 'npms', 'homebrew_casks[0].app'], false)]).toHaveLength(3)
    expect(releaseSkips([], false).size).toBe(0)
  })

  it('passes over what only publishing needs where nothing is published', () => {
    for (const skip of [releaseSkips([], true), releaseSkips(['publish'], false)]) {
      expect([skip.has('announce'), skip.has('blobs'), skip.has('brews')]).toEqual([true, true, false])
    }
  })

  it('refuses other words, and says which there are', () => {
    expect(() => releaseSkips(['homebrw'], false)).toThrow('--skip does not know homebrw')
    expect(() => buildSkips(['archive'])).toThrow('--skip does not know archive')
    expect(buildSkips(['before', 'pre-hooks', 'post-hooks', 'validate']).size).toBe(4)
  })
})

describe('--timeout', () => {
  it('stops the work and says so, whatever the work says then', async () => {
    const work = (context: Context): Promise<void> =>
      sleep(60_000, undefined, { signal: context.signal }).catch(() => {
        throw new Error('killed')
      })
    await expect(withDeadline(contextOf('/'), 'build', 20, work)).rejects.toMatchObject({
      message: 'the build did not end within 20 ms',
      exitCode: 1,
    })
    await expect(withDeadline(contextOf('/'), 'build', 20, () => Promise.reject(new Error('own')))).rejects.toThrow(
      'own',
    )
    expect(await withDeadline(contextOf('/'), 'build', undefined, () => Promise.resolve('done'))).toBe('done')
  })

  it('is no reason where Ctrl-C came first', async () => {
    const stopped = AbortSignal.abort(new TagonceError('interrupted', 'stopped'))
    const work = async (context: Context): Promise<void> => {
      await sleep(40)
      context.signal.throwIfAborted()
    }
    await expect(withDeadline(contextOf('/', stopped), 'build', 10, work)).rejects.toThrow('stopped')
  })
})

it('--auto-snapshot makes a snapshot of a folder with changes, or without git', async () => {
  await using folder = await tempFolder('auto-snapshot')
  const repository = await testRepository(folder.path)
  await repository.commit('First', { a: 'x' })
  const auto = { autoSnapshot: true } as const
  expect(await isSnapshot(contextOf(folder.path), auto)).toBe(false)
  expect(await isSnapshot(contextOf(folder.path), { snapshot: true })).toBe(true)
  await using empty = await tempFolder('no-git')
  expect(await isSnapshot(contextOf(empty.path), auto)).toBe(true)
  expect(await isSnapshot(contextOf(empty.path), {})).toBe(false)
})
