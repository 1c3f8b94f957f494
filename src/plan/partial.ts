import type { Build } from '../config/config.ts'
import { machine } from './context.ts'
import { languages } from './languages/languages.ts'

type Env = Record<string, string | undefined>

const VARIANTS: Record<string, string> = {
  '386': 'GO386',
  amd64: 'GOAMD64',
  arm: 'GOARM',
  arm64: 'GOARM64',
  mips: 'GOMIPS',
  mipsle: 'GOMIPS',
  mips64: 'GOMIPS64',
  mips64le: 'GOMIPS64',
  ppc64: 'GOPPC64',
  ppc64le: 'GOPPC64',
  riscv64: 'GORISCV64',
}

/** Words that other toolchains have for Go's. */
const SYSTEMS: Record<string, string[]> = { darwin: ['macos', 'darwin'], linux: ['linux'], windows: ['windows', 'win'] }
const ARCHES: Record<string, string[]> = {
  arm64: ['aarch64', 'arm64'],
  amd64: ['x86_64', 'x64'],
  '386': ['i686', 'i586', 'i386'],
}

/**
 * The one target of `--single-target`: TARGET, or GOOS, GOARCH and the variant (GGOOS and so on win), or this machine's.
 * A config without a Go build has the first target of its last build that fits. Empty where nothing does.
 * @example partialTarget([{}], { GOOS: 'linux', GOARCH: 'arm', GOARM: '7' }) // 'linux_arm_7'
 */
export function partialTarget(builds: readonly Build[], env: Env): string {
  if (env['TARGET']) return env['TARGET']
  let target = ''
  for (const build of builds) {
    const language = languages.get(build.builder ?? 'go')
    if (language === undefined) return goTarget(env)
    const targets = (build.targets ?? []).length > 0 ? (build.targets ?? []) : language.defaults.targets
    const { goos, goarch } = wanted(env)
    const fits = (parts: string[], words: string[] | undefined): boolean =>
      (words ?? []).some((word) => parts.includes(word))
    target =
      targets.find((one) => fits(one.split('-'), SYSTEMS[goos]) && fits(one.split('-'), ARCHES[goarch])) ??
      (targets.length === 1 && targets[0] === 'none-any' ? 'none-any' : '')
  }
  return target
}

function goTarget(env: Env): string {
  const { goos, goarch } = wanted(env)
  const name = VARIANTS[goarch]
  const variant = name === undefined ? '' : given(env, name)
  return [goos, goarch, variant].filter((one) => one !== '').join('_')
}

function wanted(env: Env): { goos: string; goarch: string } {
  return { goos: given(env, 'GOOS') || machine().goos, goarch: given(env, 'GOARCH') || machine().goarch }
}

const given = (env: Env, name: string): string => env[`G${name}`] || env[name] || ''
