import { expect, test, vi } from 'vitest'
import { Events } from '../core/events.ts'
import { keepSecret } from '../core/secrets.ts'
import { formatDiagnostic } from './diagnostic.ts'
import { liveReporter } from './live.ts'
import { githubReporter, plainReporter } from './plain.ts'
import { clip, paintFor, table } from './text.ts'
import { wheelPage } from './wheel.ts'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const plain = paintFor({ isTTY: false }, {})

async function someWork(events: Events): Promise<void> {
  await events.task('build', async (task) => {
    await task.task('linux_amd64_v1', async (child) => child.note('1.2 MB'))
    await task.task('windows_amd64_v1', async (child) => child.skip('not asked for'))
  })
  await events
    .task('hub', async (task) => {
      task.log('uploading a')
      throw new Error('no')
    })
    .catch(() => undefined)
}

test('plain lines: one for each task that ends, with its path', async () => {
  const events = new Events()
  let out = ''
  events.on(plainReporter((text) => (out += text), plain, '/').take)
  await someWork(events)
  expect(out.replaceAll(/ \d+ ms/g, '')).toBe(
    '✔ build › linux_amd64_v1 1.2 MB\n↷ build › windows_amd64_v1 not asked for\n✔ build\n✖ hub\n',
  )
})

test('a task that runs for long says once a minute that it lives', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  try {
    const events = new Events()
    let out = ''
    const reporter = plainReporter((text) => (out += text), plain, '/')
    events.on(reporter.take)
    let end = (): void => {}
    const ended = new Promise<void>((resolve) => (end = resolve))
    const work = events.task('spokes', (task) => task.task('snap: hello', () => ended))
    vi.advanceTimersByTime(150_000)
    expect(out).toBe('… spokes › snap: hello still runs, 1 min 0 s\n… spokes › snap: hello still runs, 2 min 0 s\n')
    reporter.stop()
    vi.advanceTimersByTime(150_000)
    end()
    await work
    expect(out.match(/still runs/g)).toHaveLength(2)
  } finally {
    vi.useRealTimers()
  }
})

test('GitHub: a group holds what happened inside, annotations are escaped', async () => {
  const events = new Events()
  let out = ''
  events.on(githubReporter((text) => (out += text), plain).take)
  await someWork(events)
  events.diagnostic({ severity: 'error', code: 'x', message: 'a%\nb', where: { file: 'a,b.yml', line: 2, column: 3 } })
  expect(out.replaceAll(/ \d+ ms/g, '')).toBe(
    '::group::✔ build\n✔ build › linux_amd64_v1 1.2 MB\n↷ build › windows_amd64_v1 not asked for\n::endgroup::\n' +
      '::group::✖ hub\n  uploading a\n::endgroup::\n::error file=a%2Cb.yml,line=2,col=3::a%25%0Ab\n',
  )
})

test('a live tree ends with every task once and the cursor shown, and never exceeds the width', async () => {
  const events = new Events()
  let out = ''
  const live = liveReporter({ write: (text) => (out += text), columns: () => 20, rows: () => 24 }, plain, '/')
  events.on(live.take)
  await someWork(events)
  live.stop()
  live.stop()
  expect(out.startsWith('\u001b[?25l')).toBe(true)
  expect(out.endsWith('\u001b[?25h')).toBe(true)
  expect(out.split('✖ hub').length - 1).toBe(1)
  // oxlint-disable-next-line no-control-regex -- terminal escapes begin with ESC
  const visible = out.replaceAll(/\u001b\[[0-9?]*[A-Za-z]/g, '').split('\n')
  expect(Math.max(...visible.map((line) => line.length))).toBeLessThanOrEqual(20)
})

test('what is said on the way stays on the screen, in a terminal as in a pipe', async () => {
  for (const reporterOf of [
    (write: (text: string) => void) => plainReporter(write, plain, '/'),
    (write: (text: string) => void) => liveReporter({ write, columns: () => 80, rows: () => 24 }, plain, '/'),
  ]) {
    const events = new Events()
    let out = ''
    const reporter = reporterOf((text) => (out += text))
    events.on(reporter.take)
    events.diagnostic({ severity: 'warning', code: 'old', message: '`brews` is deprecated', mend: 'use casks' })
    await someWork(events)
    reporter.stop()
    expect(out.split('warning `brews` is deprecated [old]\n  mend: use casks\n')).toHaveLength(2)
  }
})

test('a diagnostic shows place, line, caret and mend; tabs keep the caret in place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'diagnostic-'))
  writeFileSync(join(folder, 'a.yaml'), 'one: 1\n\tbuids: []\n')
  const where = { file: join(folder, 'a.yaml'), line: 2, column: 2, length: 5 }
  expect(
    formatDiagnostic(
      { severity: 'error', code: 'unknown-key', message: 'unknown key buids', where, mend: 'did you mean builds?' },
      folder,
      plain,
    ),
  ).toEqual([
    'a.yaml:2:2 error unknown key buids [unknown-key]',
    '  2 │ \tbuids: []',
    '    │ \t^^^^^',
    '  mend: did you mean builds?',
  ])
})

test('colours only where a terminal wants them', () => {
  expect(paintFor({ isTTY: true }, {}).isColorSupported).toBe(true)
  expect(paintFor({ isTTY: true }, { NO_COLOR: '1' }).isColorSupported).toBe(false)
  expect(paintFor({ isTTY: true }, { TERM: 'dumb' }).isColorSupported).toBe(false)
  expect(paintFor({}, { FORCE_COLOR: '1' }).isColorSupported).toBe(true)
})

test('tables align, and clip counts columns, not bytes', () => {
  expect(
    table(
      [
        ['a', 'b'],
        ['long', 'c'],
      ],
      80,
    ),
  ).toEqual(['a     b', 'long  c'])
  expect(clip('漢字漢字', 5)).toBe('漢字…')
  expect(clip('\u001b[31m漢字漢字', 5)).toBe('\u001b[31m漢字…\u001b[0m')
})

test('the page of the wheel escapes what it shows and masks secrets', () => {
  keepSecret('ghp_verysecret')
  const page = wheelPage({
    title: '<x>',
    facts: [['token', 'ghp_verysecret']],
    hub: { name: 'o/r', address: 'https://github.com/o/r', state: 'live', files: 3 },
    spokes: [{ name: 'npm a', state: 'live', units: [] }],
    sections: [{ title: 'read', rows: [['a', 'b']] }],
  })
  expect(page).toContain('&lt;x&gt;')
  expect(page).toContain('***')
  expect(page).not.toContain('ghp_verysecret')
})
