import type { OciRunConfig } from '../../../formats/oci-types.ts'
import { faultAt } from './parse.ts'
import type { Dockerfile, Instruction } from './parse.ts'
import { splitWords } from './words.ts'

/** What an instruction that only changes the config may use. */
export interface ConfigScope {
  dockerfile: Dockerfile
  config: OciRunConfig
  /** Whether this stage has set CMD itself: an ENTRYPOINT takes away one that is inherited. */
  ownCommand: boolean
  /** Replaces variables in a word. */
  replace(one: Instruction, raw: string, offset: number): string
}

/** Carries out an instruction that changes nothing but the config; false for any other. */
export function changeConfig(scope: ConfigScope, one: Instruction): boolean {
  const change = CHANGES[one.keyword]
  if (change === undefined) return false
  change(scope, one)
  return true
}

const CHANGES: Record<string, (scope: ConfigScope, one: Instruction) => void> = {
  ENV(scope, one) {
    const env = new Map((scope.config.Env ?? []).map((text) => pair(text)))
    for (const [name, value] of pairs(scope, one)) env.set(name, value)
    scope.config.Env = [...env].map(([name, value]) => `${name}=${value}`)
  },
  LABEL(scope, one) {
    scope.config.Labels = { ...scope.config.Labels, ...Object.fromEntries(pairs(scope, one)) }
  },
  USER(scope, one) {
    scope.config.User = single(scope, one)
  },
  STOPSIGNAL(scope, one) {
    const signal = single(scope, one)
    if (!/^(SIG)?[A-Z]+\d*([+-]\d+)?$|^\d+$/i.test(signal))
      throw faultAt(scope.dockerfile, one, `${signal} is no signal`)
    scope.config.StopSignal = signal
  },
  EXPOSE(scope, one) {
    for (const { raw, offset } of one.words) {
      const text = scope.replace(one, raw, offset)
      for (const spec of text.split(/\s+/).filter((part) => part !== '')) {
        const ports = portsOf(spec)
        if (ports === undefined)
          throw faultAt(scope.dockerfile, one, `${spec} is no port`, 'write it like 8080, 53/udp or 8000-8010', offset)
        for (const port of ports) scope.config.ExposedPorts = { ...scope.config.ExposedPorts, [port]: {} }
      }
    }
  },
  VOLUME(scope, one) {
    const names = one.exec ?? one.words.map(({ raw, offset }) => scope.replace(one, raw, offset))
    for (const name of names) {
      if (name.trim() === '') throw faultAt(scope.dockerfile, one, 'a volume has no name')
      scope.config.Volumes = { ...scope.config.Volumes, [name]: {} }
    }
  },
  CMD(scope, one) {
    scope.config.Cmd = command(scope, one)
    scope.ownCommand = true
  },
  ENTRYPOINT(scope, one) {
    scope.config.Entrypoint = command(scope, one)
    if (!scope.ownCommand) delete scope.config.Cmd
  },
  SHELL(scope, one) {
    if (one.exec === undefined || one.exec.length === 0) {
      throw faultAt(scope.dockerfile, one, 'SHELL is written as a list: SHELL ["/bin/sh", "-c"]')
    }
    scope.config.Shell = one.exec
  },
  HEALTHCHECK(scope, one) {
    scope.config.Healthcheck = healthcheck(scope, one)
  },
  ONBUILD(scope, one) {
    if (/^(ONBUILD|FROM|MAINTAINER)\b/i.test(one.rest))
      throw faultAt(scope.dockerfile, one, `ONBUILD cannot hold ${one.words[0]?.raw ?? ''}`)
    scope.config.OnBuild = [...(scope.config.OnBuild ?? []), one.rest]
  },
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

/** `KEY=value KEY2="v 2"`, or the old form `KEY the rest of the line`. */
function pairs(scope: ConfigScope, one: Instruction): [string, string][] {
  const [first] = one.words
  if (first !== undefined && !first.raw.includes('=')) {
    const value = one.line.text.slice(first.offset + first.raw.length).trim()
    if (value === '')
      throw faultAt(
        scope.dockerfile,
        one,
        `${one.keyword} ${first.raw} has no value`,
        `write ${one.keyword} ${first.raw}=value`,
      )
    const from = one.line.text.indexOf(value, first.offset + first.raw.length)
    return [[scope.replace(one, first.raw, first.offset), scope.replace(one, value, from)]]
  }
  return one.words.map(({ raw, offset }) => {
    const at = raw.indexOf('=')
    if (at < 1)
      throw faultAt(
        scope.dockerfile,
        one,
        `${raw} is not written KEY=value`,
        'put a value with blanks into quotes',
        offset,
      )
    return [scope.replace(one, raw.slice(0, at), offset), scope.replace(one, raw.slice(at + 1), offset + at + 1)]
  })
}

function single(scope: ConfigScope, one: Instruction): string {
  const text = scope.replace(one, one.rest.trim(), one.restOffset)
  if (text === '') throw faultAt(scope.dockerfile, one, `${one.rest} comes out empty`)
  return text
}

/** The exec form as it is, the shell form behind the shell. */
function command(scope: ConfigScope, one: Instruction): string[] {
  if (one.exec !== undefined) return one.exec
  if (one.rest === '') return []
  return [...(scope.config.Shell ?? ['/bin/sh', '-c']), one.rest]
}

function healthcheck(scope: ConfigScope, one: Instruction): NonNullable<OciRunConfig['Healthcheck']> {
  const [kind, ...more] = one.words
  const word = kind?.raw.toUpperCase()
  if (word === 'NONE') {
    if (more.length > 0 || one.flags.length > 0)
      throw faultAt(scope.dockerfile, one, 'HEALTHCHECK NONE has nothing after it')
    return { Test: ['NONE'] }
  }
  if (word !== 'CMD' || kind === undefined || more.length === 0) {
    throw faultAt(scope.dockerfile, one, 'HEALTHCHECK is written HEALTHCHECK CMD command, or HEALTHCHECK NONE')
  }
  const text = one.line.text.slice(kind.offset + 3).trim()
  const test: string[] = text.startsWith('[') ? (list(text) ?? ['CMD-SHELL', text]) : ['CMD-SHELL', text]
  const check: NonNullable<OciRunConfig['Healthcheck']> = { Test: test }
  for (const { name, value = '', offset } of one.flags) {
    if (name === 'retries') {
      if (!/^\d+$/.test(value)) throw faultAt(scope.dockerfile, one, `${value} is no number`, undefined, offset)
      check.Retries = Number(value)
      continue
    }
    const time = duration(value)
    if (time === undefined)
      throw faultAt(scope.dockerfile, one, `${value} is no duration`, 'write it like 30s or 1m30s', offset)
    check[TIMES[name]!] = time
  }
  return check
}

const TIMES: Record<string, 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'> = {
  interval: 'Interval',
  timeout: 'Timeout',
  'start-period': 'StartPeriod',
  'start-interval': 'StartInterval',
}

function list(text: string): string[] | undefined {
  try {
    const read: unknown = JSON.parse(text)
    return Array.isArray(read) && read.every((one) => typeof one === 'string') ? ['CMD', ...read] : undefined
  } catch {
    return undefined
  }
}

const UNITS: Record<string, number> = { h: 3.6e12, m: 6e10, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 }

/** Nanoseconds of a duration as Go writes it. */
function duration(text: string): number | undefined {
  if (text === '0') return 0
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|µs|ns))+$/.test(text)) return undefined
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Math.round(Number(count) * (UNITS[unit] ?? 0)),
    0,
  )
}

/** `80`, `80/udp`, `8000-8002/tcp` as keys of `ExposedPorts`. */
function portsOf(spec: string): string[] | undefined {
  const [, from = '', to, protocol = 'tcp'] = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/([a-z]+))?$/i.exec(spec) ?? []
  const [low, high] = [Number(from), Number(to ?? from)]
  if (from === '' || low < 1 || high > 65_535 || low > high) return undefined
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) return undefined
  return Array.from({ length: high - low + 1 }, (_, at) => `${low + at}/${protocol.toLowerCase()}`)
}

/** Words of the exec form, or of the text. */
export function listOf(one: Instruction, escape: string): { raw: string; offset: number; plain: boolean }[] {
  if (one.exec !== undefined) return one.exec.map((raw) => ({ raw, offset: one.restOffset, plain: true }))
  return splitWords(one.line.text, one.restOffset, escape).map((word) => ({ ...word, plain: false }))
}
