import type { Language } from './language.ts'

/** https://docs.deno.com/runtime/reference/cli/compile/#supported-targets */
const TARGETS = [
  'x86_64-pc-windows-msvc',
  'x86_64-apple-darwin',
  'aarch64-apple-darwin',
  'x86_64-unknown-linux-gnu',
  'aarch64-unknown-linux-gnu',
]
const GOARCH: Record<string, string> = { aarch64: 'arm64', x86_64: 'amd64' }

/** TypeScript as single programs, with Deno inside. */
export const deno: Language = {
  name: 'deno',
  inTurn: false,
  defaults: { tool: 'deno', command: 'compile', flags: [], main: 'main.ts', targets: TARGETS },
  validity: (target) => (TARGETS.includes(target) ? 'valid' : 'invalid'),
  parse(target) {
    const [arch = '', vendor = '', os = '', abi = ''] = target.split('-')
    return {
      platform: { goos: os, goarch: GOARCH[arch] ?? arch, ...(abi === '' ? {} : { abi }), target },
      fields: { Os: os, Arch: arch, Vendor: vendor, Abi: abi },
      extra: { Abi: abi },
    }
  },
  call: ({ tool, command, flags, target, output, main }) => ({
    argv: [tool, command, ...flags, '--target', target, '--output', output, main],
  }),
}
