import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSettled } from '../core/states.ts'
import type { Observation, State } from '../core/states.ts'
import type { Unit } from '../spokes/spoke.ts'
import { decide } from './decide.ts'

const STATES: State[] = [
  'absent',
  'partial',
  'staged',
  'pending',
  'deferred',
  'blocked',
  'live',
  'superseded',
  'mismatch',
  'retracted',
  'unknown',
]
const state = fc.constantFrom(...STATES)
const seenAs = (one: State): Observation => ({ state: one, evidence: [] })
const unit: Unit = { id: 'npm:hello@latest', address: 'https://x', needs: [], pointer: 'latest' }
const needs = fc.array(
  fc.record({ id: fc.string(), seen: fc.option(state.map(seenAs), { nil: undefined }) }).map(({ id, seen }) => ({
    id,
    ...(seen === undefined ? {} : { seen }),
  })),
)

describe('decide', () => {
  it('never publishes over what is live, newer, burnt, other or not known', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(state, needs, (one, list) => {
        const { action } = decide(unit, seenAs(one), list)
        expect(action === 'publish' && one !== 'absent' && one !== 'partial').toBe(false)
      }),
    )
  })

  it('never publishes before what it needs is live, not even when told to move back', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(state, needs, fc.boolean(), (one, list, back) => {
        const { action } = decide(unit, seenAs(one), list, back)
        expect(action === 'publish' && list.some((need) => need.seen?.state !== 'live')).toBe(false)
      }),
    )
  })

  it('leaves exactly what is settled, and says why in every case', () => {
    expect.hasAssertions()
    fc.assert(
      fc.property(state, needs, (one, list) => {
        const { action, reason } = decide(unit, seenAs(one), list)
        expect(action === 'leave').toBe(isSettled(one))
        expect(reason).not.toBe('')
      }),
    )
  })

  it('moves a pointer back only when it is named', () => {
    expect(decide(unit, seenAs('superseded'), []).action).toBe('leave')
    expect(decide(unit, seenAs('superseded'), [], true).action).toBe('publish')
  })

  it('publishes what is absent when all that it needs is live', () => {
    const live = [{ id: 'main', seen: seenAs('live') }]
    expect(decide(unit, seenAs('absent'), live)).toEqual({ action: 'publish', reason: 'absent' })
    expect(decide(unit, seenAs('partial'), []).action).toBe('publish')
  })
})
