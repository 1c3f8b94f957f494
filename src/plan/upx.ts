import type { FullConfig } from '../config/defaults.ts'
import type { Command, PlannedBinary } from './plan.ts'
import type { Renderer } from './renderer.ts'

/**
 * Tells each binary how it is compressed, as the entries of `upx` say; GoReleaser's own argument vector.
 * @example planUpx(renderer, config, binaries) // binaries[0].upx[0].argv: ['upx', '--quiet', '--best', 'dist/…/hello']
 */
export function planUpx(renderer: Renderer, config: FullConfig, binaries: PlannedBinary[]): PlannedBinary[] {
  let out = binaries
  for (const [index, entry] of (config.upx ?? []).entries()) {
    const path = ['upx', index]
    if (!renderer.isTrue(entry.enabled, [...path, 'enabled'])) {
      renderer.problem('upx-off', path, 'upx is not enabled', 'write `enabled: true`', 'info')
      continue
    }
    const level = entry.compress === 'best' ? ['--best'] : entry.compress ? [`-${entry.compress}`] : []
    const options = [...level, ...(entry.lzma === true ? ['--lzma'] : []), ...(entry.brute === true ? ['--brute'] : [])]
    const command = (file: string): Command => ({
      argv: [entry.binary || 'upx', '--quiet', ...options, file],
      dir: '.',
      env: [],
    })
    out = out.map((one) => (fits(entry, one) ? { ...one, upx: [...(one.upx ?? []), command(one.path)] } : one))
  }
  return out
}

type Entry = NonNullable<FullConfig['upx']>[number]

function fits(entry: Entry, binary: PlannedBinary): boolean {
  const { goos, goarch, goarm, goamd64 } = binary.platform
  const isIn = (list: string[] | undefined, value: string): boolean =>
    list === undefined || list.length === 0 || list.includes(value)
  return (
    binary.product === undefined &&
    isIn(entry.goos, goos) &&
    isIn(entry.goarch, goarch) &&
    isIn(entry.goarm, goarm ?? (goarch === 'arm' ? '6' : '')) &&
    isIn(entry.goamd64, goamd64 ?? (goarch === 'amd64' ? 'v1' : '')) &&
    isIn(entry.ids, binary.id)
  )
}
