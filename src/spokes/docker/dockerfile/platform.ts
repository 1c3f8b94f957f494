import type { OciPlatform } from '../../../formats/oci-types.ts'

/**
 * A platform as containerd writes it: `arm` alone is v7, the v8 of arm64 is not told.
 * @example parsePlatform('linux/arm/v6') // { os: 'linux', architecture: 'arm', variant: 'v6' }
 */
export function parsePlatform(text: string): OciPlatform | undefined {
  const [os = '', arch = '', given = '', ...more] = text.trim().toLowerCase().split('/')
  if (os === '' || arch === '' || more.length > 0 || !/^[a-z0-9]+$/.test(os)) return undefined
  const architecture = ALIASES[arch] ?? arch
  const variant = architecture === 'arm' ? armVariant(given) : architecture === 'arm64' && given === 'v8' ? '' : given
  const plain = architecture === 'amd64' && variant === 'v1' ? '' : variant
  return { os, architecture, ...(plain === '' ? {} : { variant: plain }) }
}

const ALIASES: Record<string, string> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  i386: '386',
  armhf: 'arm',
}

function armVariant(given: string): string {
  if (given === '') return 'v7'
  return /^\d$/.test(given) ? `v${given}` : given
}

/** @example platformText({ os: 'linux', architecture: 'arm', variant: 'v6' }) // 'linux/arm/v6' */
export function platformText({ os, architecture, variant }: OciPlatform): string {
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/')
}

/** The platform that helpers run on (`FROM --platform=$BUILDPLATFORM`): one for all machines, so that all make the same bytes. */
export const BUILD_PLATFORM: OciPlatform = { os: 'linux', architecture: 'amd64' }

/** The arguments that are there without being given. */
export function platformArgs(target: OciPlatform): Record<string, string> {
  const of = (prefix: string, one: OciPlatform): Record<string, string> => ({
    [`${prefix}PLATFORM`]: platformText(one),
    [`${prefix}OS`]: one.os,
    [`${prefix}ARCH`]: one.architecture,
    [`${prefix}VARIANT`]: one.variant ?? '',
  })
  return { ...of('TARGET', target), ...of('BUILD', BUILD_PLATFORM) }
}
