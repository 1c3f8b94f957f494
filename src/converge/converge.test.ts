import { describe, expect, it, vi } from 'vitest'
import { tempFolder } from '../core/temp.ts'
import type { AnySpoke, Unit } from '../spokes/spoke.ts'
import { converge } from './converge.ts'
import type { ConvergeOptions } from './converge.ts'
import type { Report, UnitReport } from './report.ts'
import { Channel, dropped, fakeHub, fakeSpoke, inOneWrite, refused, withIO } from './testing.ts'

async function release(spokes: AnySpoke[], options: Partial<ConvergeOptions> = {}, hub = fakeHub(spokes)) {
  await using folder = await tempFolder('converge')
  return await withIO(folder.path, (io) => converge(hub, spokes, io, { verify: true, ...options }))
}

function unitOf(report: Report, id: string): UnitReport {
  const found = report.channels.flatMap((one) => one.units).find((one) => one.id === id)
  if (found === undefined) throw new Error(`no unit ${id}`)
  return found
}

const npm = (channel: Channel, more: Partial<AnySpoke> = {}): AnySpoke =>
  fakeSpoke(
    'npm',
    channel,
    [{ id: 'latest', needs: ['main'], pointer: 'latest' }, { id: 'main', needs: ['x64'] }, { id: 'x64' }],
    more,
  )

describe('converge', () => {
  it('publishes what units need before them, verifies them, and does nothing the second time', async () => {
    const channel = new Channel()
    const { result, events } = await release([npm(channel)])
    expect(channel.writes).toEqual(['x64', 'main', 'latest'])
    expect(channel.verified.toSorted()).toEqual(['latest', 'main', 'x64'])
    expect(result.exitCode).toBe(0)
    expect(unitOf(result, 'main').actions).toEqual(['published', 'verified'])
    expect(events.filter((one) => one.type === 'unit' && one.observation.state === 'live')).toHaveLength(6)

    const again = await release([npm(channel)])
    expect(channel.writes).toHaveLength(3)
    expect(unitOf(again.result, 'latest').actions).toEqual(['nothing to do', 'verified'])
    expect(again.result.exitCode).toBe(0)
  })

  it('gives up a channel that hangs, after half an hour, and says to run again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const [hung, brew] = [new Channel(), new Channel()]
      const hanging = fakeSpoke('snap', hung, [{ id: 'snap' }], {
        publish: (_unit, _seen, _hub, io) =>
          new Promise((_resolve, reject) => {
            io.signal.addEventListener('abort', () => reject(io.signal.reason as Error))
            setImmediate(() => vi.advanceTimersByTime(30 * 60_000))
          }),
      })
      const { result } = await release([hanging, fakeSpoke('brew', brew, [{ id: 'brew' }])])
      expect(unitOf(result, 'snap').failure?.message).toBe('snap hello did not end within 30 minutes')
      expect(unitOf(result, 'brew').observation.state).toBe('live')
      expect(result.exitCode).toBe(75)
    } finally {
      vi.useRealTimers()
    }
  })

  it('lets neither a failing nor a slow spoke stop or hide another', async () => {
    const [brew, slow, bad] = [new Channel(), new Channel(), new Channel()]
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const spokes = [
      fakeSpoke('bad', bad, [{ id: 'bad' }], { publish: () => Promise.reject(refused('403')) }),
      fakeSpoke('slow', slow, [{ id: 'slow' }], {
        publish: async () => {
          await gate
          slow.live.add('slow')
        },
      }),
      fakeSpoke('brew', brew, [{ id: 'brew' }], {
        verify: async () => {
          go()
          return brew.seen('brew')
        },
      }),
    ]
    const { result } = await release(spokes)
    expect(unitOf(result, 'brew').observation.state).toBe('live')
    expect(unitOf(result, 'slow').observation.state).toBe('live')
    const failed = unitOf(result, 'bad')
    expect(failed.observation).toMatchObject({ state: 'absent', reason: 'publishing failed: 403' })
    expect(failed.failure).toEqual({ code: 'credentials', message: '403', hint: 'give it a token' })
    expect(failed.actions).toEqual(['failed'])
    expect(result.exitCode).toBe(1)
  })

  it('withholds a pointer when what it needs is not live, and goes on in the next run', async () => {
    const channel = new Channel()
    const { result } = await release([
      npm(channel, {
        publish: async (unit: Unit) => {
          if (unit.id === 'main') throw dropped()
          channel.writes.push(unit.id)
          channel.live.add(unit.id)
        },
      }),
    ])
    expect(channel.writes).toEqual(['x64'])
    expect(unitOf(result, 'latest')).toMatchObject({
      observation: { state: 'absent', reason: 'needs main, which is absent' },
      actions: ['waits'],
    })
    expect(result.exitCode).toBe(75)
    await release([npm(channel)])
    expect(channel.writes).toEqual(['x64', 'main', 'latest'])
  })

  it('takes a publish whose answer was lost for what the channel shows', async () => {
    const channel = new Channel()
    const spoke = fakeSpoke('npm', channel, [{ id: 'a' }], {
      publish: async () => {
        channel.writes.push('a')
        channel.live.add('a')
        throw dropped()
      },
    })
    const { result } = await release([spoke])
    expect(channel.writes).toEqual(['a'])
    expect(unitOf(result, 'a')).toMatchObject({ observation: { state: 'live' }, actions: ['published', 'verified'] })
    expect(unitOf(result, 'a').failure).toBeUndefined()
    expect(result.exitCode).toBe(0)
  })

  it('publishes again after a dropped connection, but not after a refusal', async () => {
    const tries = { dropped: 0, refused: 0 }
    const channel = new Channel()
    const failing = (name: 'dropped' | 'refused', error: () => Error): AnySpoke =>
      fakeSpoke(name, channel, [{ id: name }], {
        publish: async () => {
          tries[name]++
          if (name === 'refused' || tries[name] < 3) throw error()
          channel.live.add(name)
        },
      })
    const { result, waits } = await release([
      failing('dropped', () => dropped()),
      failing('refused', () => refused('no')),
    ])
    expect(tries).toEqual({ dropped: 3, refused: 1 })
    expect(waits).toEqual([2000, 10_000])
    expect(unitOf(result, 'dropped').observation.state).toBe('live')
  })

  it('waits, bounded, until a published unit is seen', async () => {
    const channel = new Channel()
    let looks = 0
    const late = (after: number): AnySpoke =>
      fakeSpoke('npm', channel, [{ id: 'a' }], {
        observe: async () => channel.seen('a', looks++ > after ? 'live' : 'absent'),
      })
    const seen = await release([late(5)])
    expect(unitOf(seen.result, 'a').observation.state).toBe('live')
    expect(seen.waits).toEqual([1000, 2000, 4000, 8000, 15_000])

    looks = 0
    const never = await release([late(1000)])
    expect(unitOf(never.result, 'a').observation).toMatchObject({
      state: 'absent',
      reason: 'published, but not seen within 120 s',
    })
    expect(channel.writes).toHaveLength(2)
    expect(never.result.exitCode).toBe(75)
  })

  it('never takes a channel that can not be read for an empty one', async () => {
    const channel = new Channel()
    const { result } = await release([
      fakeSpoke('npm', channel, [{ id: 'a' }], { observe: () => Promise.reject(dropped('503')) }),
    ])
    expect(channel.writes).toEqual([])
    expect(unitOf(result, 'a')).toMatchObject({ observation: { state: 'unknown', reason: '503' }, actions: ['waits'] })
    expect(result.exitCode).toBe(75)
  })

  it('shows what verifying found, over what the channel said', async () => {
    const channel = new Channel()
    const { result } = await release([
      fakeSpoke('npm', channel, [{ id: 'a' }], { verify: async () => channel.seen('a', 'mismatch') }),
    ])
    expect(unitOf(result, 'a').observation.state).toBe('mismatch')
    expect(result.exitCode).toBe(1)
  })

  it('publishes units that go together in one act, across spokes, and only those that lack', async () => {
    const channel = new Channel()
    const together = inOneWrite(channel)
    channel.live.add('formula-b')
    const spokes = [
      fakeSpoke('homebrew', channel, [{ id: 'formula-a' }, { id: 'formula-b' }], { together }),
      fakeSpoke('cask', channel, [{ id: 'cask' }], { together }),
    ]
    const { result } = await release(spokes)
    expect(channel.writes).toEqual(['formula-a+cask'])
    expect(result.exitCode).toBe(0)
  })

  it('leaves a newer version alone, unless told by name', async () => {
    const channel = new Channel()
    let moved = false
    const spoke = fakeSpoke('npm', channel, [{ id: 'a', pointer: 'latest' }], {
      observe: async () => channel.seen('a', moved ? 'live' : 'superseded'),
      publish: async () => {
        moved = true
      },
    })
    const { result } = await release([spoke])
    expect(unitOf(result, 'a')).toMatchObject({ observation: { state: 'superseded' }, actions: ['nothing to do'] })
    expect([moved, result.exitCode]).toEqual([false, 0])
    await release([spoke], { allowBackwards: ['latest'] })
    expect(moved).toBe(true)
  })

  it('tells skips, unknown spokes and unreadable settings, each with its reason', async () => {
    const channel = new Channel()
    const spokes = [fakeSpoke('npm', channel, [{ id: 'a' }])]
    const skipped = await release(spokes, {}, fakeHub(spokes, { skip: 'skip_upload is set' }))
    expect(skipped.result.channels[0]).toMatchObject({ skip: 'skip_upload is set', units: [] })
    expect(skipped.result.exitCode).toBe(0)

    const lacking = await release([], {}, fakeHub(spokes))
    expect(lacking.result.channels[0]?.failure).toMatchObject({ code: 'spoke' })
    expect(lacking.result.exitCode).toBe(1)

    const one = fakeSpoke('one', channel, [{ id: 'b' }])
    const only = await release([...spokes, one], { only: ['one'] })
    expect(only.result.channels.map(({ skip }) => skip)).toEqual(['not asked for (only one)', undefined])
    expect(channel.writes).toEqual(['b'])
    await expect(release(spokes, { only: ['nmp'] })).rejects.toMatchObject({ code: 'usage', hint: 'it has: npm' })
  })

  it('refuses units that need each other instead of waiting without end', async () => {
    const spoke = fakeSpoke('npm', new Channel(), [
      { id: 'a', needs: ['b'] },
      { id: 'b', needs: ['a'] },
    ])
    await expect(release([spoke])).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('a → b → a'),
    })
  })

  it('ends at the same state when it was ended at any write before', async () => {
    for (const fatal of ['x64', 'main', 'latest']) {
      for (const done of [true, false]) {
        const channel = new Channel()
        const controller = new AbortController()
        const spoke = npm(channel, {
          publish: async (unit: Unit) => {
            if (unit.id === fatal) controller.abort()
            if (unit.id === fatal && !done) throw dropped('killed')
            channel.writes.push(unit.id)
            channel.live.add(unit.id)
          },
        })
        await using folder = await tempFolder('converge')
        const hub = fakeHub([spoke])
        const run = withIO(folder.path, (io) => converge(hub, [spoke], io, { verify: false }), controller.signal)
        await expect(run).rejects.toMatchObject({ code: 'interrupted' })
        await release([npm(channel)])
        expect(channel.writes).toEqual(['x64', 'main', 'latest'])
      }
    }
  })
})
