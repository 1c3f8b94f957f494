import type { Language } from './language.ts'

/** What follows `bun-` in https://bun.sh/docs/bundler/executables; those that GoReleaser v2.16 takes. */
const TARGETS: ReadonlySet<string> = new Set([
  'linux-x64',
  'linux-x64-modern',
  'linux-x64-baseline',
  'linux-x64-musl',
  'linux-x64-musl-modern',
  'linux-x64-musl-baseline',
  'linux-arm64',
  'linux-arm64-modern',
  'linux-arm64-musl',
  'windows-x64',
  'windows-x64-modern',
  'windows-x64-baseline',
  'darwin-x64',
  'darwin-x64-modern',
  'darwin-x64-baseline',
  'darwin-arm64',
  'darwin-arm64-modern',
])

/** TypeScript and JavaScript as single programs, with Bun inside. */
export const bun: Language = {
  name: 'bun',
  inTurn: true,
  defaults: {
    tool: 'bun',
    command: 'build',
    flags: ['--compile'],
    main: '.',
    targets: ['linux-x64-modern', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'windows-x64-modern'],
  },
  validity: (target) => (TARGETS.has(bare(target)) ? 'valid' : 'invalid'),
  parse(target) {
    const [os = '', arch = '', third = '', fourth = ''] = bare(target).split('-')
    const musl = third === 'musl'
    return {
      platform: { goos: os, goarch: arch === 'x64' ? 'amd64' : arch, target: `bun-${bare(target)}` },
      fields: { Os: os, Arch: arch, Abi: musl ? third : '', Type: musl ? fourth : third },
    }
  },
  call({ tool, command, flags, target, output, main }) {
    const whole = `bun-${bare(target)}`
    return { argv: [tool, command, ...flags, '--target', whole, '--outfile', output, main] }
  },
}

const bare = (target: string): string => target.replace(/^bun-/, '')
