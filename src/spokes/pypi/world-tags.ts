const PLAIN = new Set([
  'any',
  'win32',
  'win_amd64',
  'win_arm64',
  'linux_armv6l',
  'linux_armv7l',
  ...['manylinux1', 'manylinux2010'].flatMap((name) => [`${name}_x86_64`, `${name}_i686`]),
  ...['x86_64', 'i686', 'aarch64', 'armv7l', 'ppc64', 'ppc64le', 's390x'].map((arch) => `manylinux2014_${arch}`),
])

/** Whether PyPI takes a platform tag: warehouse, forklift/legacy.py. Written apart from the table that makes our tags. */
export function isSupportedTag(tag: string): boolean {
  if (PLAIN.has(tag)) return true
  const [, major = '', minor = '', mac = ''] = /^macosx_(\d+)_(\d+)_(\w+)$/.exec(tag) ?? []
  if (mac !== '') {
    if (!['x86_64', 'arm64', 'universal2', 'i386', 'intel'].includes(mac)) return false
    return major === '10' || (['11', '12', '13', '14', '15', '26'].includes(major) && minor === '0')
  }
  const arch = /^(?:many|musl)linux_\d+_\d+_(\w+)$/.exec(tag)?.[1] ?? ''
  return ['x86_64', 'i686', 'aarch64', 'armv7l', 'ppc64le', 's390x', 'riscv64'].includes(arch)
}
