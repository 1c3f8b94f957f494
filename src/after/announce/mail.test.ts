import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { afterWorld, rows } from '../testing/world.ts'

const SECRETS = { SMTP_PASSWORD: 'secret-mail-of-ann' }

/** A server of mail on loopback, with a certificate of its own making; `plain`: without one. */
async function postOffice({ plain = false } = {}) {
  const mails: string[] = []
  const logins: string[] = []
  const server = new SMTPServer({
    logger: false,
    disabledCommands: plain ? ['STARTTLS'] : [],
    allowInsecureAuth: plain,
    onAuth({ username = '', password = '' }, session, done) {
      logins.push(`${username} ${session.secure ? 'encrypted' : 'plain'}`)
      if (password === SECRETS.SMTP_PASSWORD) done(null, { user: username })
      else done(new Error('who are you'))
    },
    onData(stream, _, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString())
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    mails,
    logins,
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

const config = (port: number, more = ''): string =>
  `announce: { smtp: { enabled: true, host: 127.0.0.1, port: ${port}, username: ann, from: "Ann <ann@example.org>", to: [bob@example.org, "C, D <cd@example.org>"], ${more} } }\n`

test('a mail is sent once, encrypted, with GoReleaser’s words, and the password is in no manifest', async () => {
  await using office = await postOffice()
  await using world = await afterWorld(config(office.port, 'insecure_skip_verify: true'), { env: SECRETS })
  expect(JSON.stringify(world.manifest)).not.toContain('secret-mail')
  expect(rows(await world.run())).toEqual(['announce:smtp live published, verified'])
  const [mail = ''] = office.mails
  expect(mail).toContain('From: Ann <ann@example.org>\r\n')
  expect(mail).toContain('To: bob@example.org, "C, D" <cd@example.org>\r\n')
  expect(mail).toContain('Subject: hello v1.2.3 is out!\r\n')
  expect(mail).toContain('Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n')
  expect(mail).toContain('You can view details from: https://github.com/acme/hello/releases/tag/v1.2.3')
  expect(office.logins).toEqual(['ann encrypted'])
  await world.run()
  expect(office.mails).toHaveLength(1)
})

test('a certificate of nobody is refused', async () => {
  await using office = await postOffice()
  await using world = await afterWorld(config(office.port), { env: SECRETS })
  const report = await world.run()
  expect(rows(report)[0]).toContain('failed')
  expect(report.channels[0]?.units[0]?.failure?.message).toMatch(/does not take the mail: .*certificate/)
  expect([office.mails, office.logins]).toEqual([[], []])
})

test('a wrong password is told without it', async () => {
  await using office = await postOffice({ plain: true })
  await using world = await afterWorld(config(office.port), { env: { SMTP_PASSWORD: 'secret-of-somebody' } })
  const { failure } = (await world.run()).channels[0]?.units[0] ?? {}
  expect(failure?.message).toContain('who are you')
  expect(JSON.stringify(failure)).not.toContain('secret-of')
  expect(office.mails).toEqual([])
})

test('a rehearsal gives the mail to the recorder, and dials nobody', async () => {
  await using office = await postOffice({ plain: true })
  await using world = await afterWorld(config(office.port), { env: SECRETS })
  expect(rows(await world.run({ stripSecrets: true }))).toEqual(['announce:smtp live published, verified'])
  expect(world.sent.map((one) => one.url)).toEqual(['https://recorder.tagonce.invalid/smtp/127.0.0.1'])
  expect(world.sent[0]?.body).toContain('Subject: hello v1.2.3 is out!')
  expect([office.mails, office.logins]).toEqual([[], []])
})

test('variables stand before the config', async () => {
  await using office = await postOffice({ plain: true })
  const env = { ...SECRETS, SMTP_PORT: String(office.port), SMTP_USERNAME: 'carl' }
  await using world = await afterWorld(config(1), { env })
  expect(rows(await world.run())).toEqual(['announce:smtp live published, verified'])
  expect(office.logins).toEqual(['carl plain'])
})
