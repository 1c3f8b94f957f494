import type { Difference } from './facts.ts'

/** A difference that is on purpose. `*` stands for any letters. */
export interface Intended {
  fact: string
  /** What the two say; null for nothing at all, anything where it is left out. */
  theirs?: string | null
  ours?: string | null
  /** Only in this project of the conformance run: on a user's own, it is worth a look. */
  project?: string
  /** A heading of docs/goreleaser.md, which says why. */
  reason: string
}

export const ON_PURPOSE: readonly Intended[] = [
  { fact: '* › exit code', theirs: '1', project: 'refused-version-1', reason: 'Configs for version 1 are read' },
  {
    fact: 'check › exit code',
    theirs: '0',
    ours: '1',
    project: 'refused-template',
    reason: 'Templates are checked before anything runs',
  },
  { fact: 'dist › *.nupkg', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  { fact: 'archive › *.nupkg › *', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  { fact: 'call › choco pack *', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  { fact: 'call › snapcraft pack *', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  { fact: '* › *.snap', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  {
    fact: 'artifacts.json › Snap * › *',
    ours: null,
    reason: 'Packages of stores are made without the store’s tool',
  },
  { fact: '* › */prime/*', ours: null, reason: 'Packages of stores are made without the store’s tool' },
  { fact: 'call › docker build *', ours: null, reason: 'Images are made without Docker' },
  { fact: 'call › docker buildx build *', ours: null, reason: 'Images are made without Docker' },
  { fact: '* › docker/*', theirs: null, reason: 'Images are made without Docker' },
  { fact: 'artifacts.json › Docker Image * › goarch', theirs: 'amd64', reason: 'Images are made without Docker' },
  { fact: 'artifacts.json › Signature *', ours: null, reason: 'Signatures that nobody wrote' },
  { fact: 'call › makeself *', ours: null, reason: 'Self-extracting archives are made in process' },
  { fact: '* › makeself/*', ours: null, reason: 'Self-extracting archives are made in process' },
  { fact: 'file › makeself/*.run', reason: 'Self-extracting archives are made in process' },
  { fact: '* › *.bkp', ours: null, reason: 'Source archives' },
  { fact: 'archive › *.zip › * › attributes', theirs: 'file 0000*', reason: 'Source archives' },
  { fact: 'archive › * › *.h › *', theirs: null, reason: 'Headers of C libraries' },
  { fact: 'archive › shared_*.tar.gz › order', project: 'builds-modes', reason: 'Headers of C libraries' },
  {
    fact: 'artifacts.json › Archive dist/shared_* › extra.Binaries',
    project: 'builds-modes',
    reason: 'Headers of C libraries',
  },
  {
    fact: 'archive › hello_*.tar.gz › hello › attributes',
    theirs: '-0755 <owner> <time>',
    ours: '-0755 <owner> 2020-01-02*',
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'archive › hello_*.tar.gz › linux › *',
    theirs: null,
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'archive › hello_*.tar.gz › {{ .Os }} › *',
    ours: null,
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'archive › hello_*.tar.gz › order',
    theirs: '{{ .Os }}*',
    ours: 'linux*',
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'artifacts.json › Archive * › extra.Binaries',
    theirs: '["sub/hello"]',
    ours: '["hello"]',
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'artifacts.json › Archive * › extra.Files',
    theirs: '["{{ .Os }}"]',
    project: 'archives-templates',
    reason: 'Places and times in archives',
  },
  {
    fact: 'artifacts.json › Archive dist/files_linux_amd64.tar.gz › extra.Binaries',
    theirs: '["hello","sub/two"]',
    ours: '["hello","two"]',
    project: 'archives-files',
    reason: 'Places and times in archives',
  },
  { fact: 'call › gpg --homedir *', theirs: null, reason: 'Packages are signed by gpg' },
  { fact: '* › */lintian', ours: null, reason: 'Linux packages' },
  { fact: 'package › * › attributes', theirs: 'l0000 *', ours: 'l0777 *', reason: 'Linux packages' },
  { fact: 'package › *.rpm › fileModes › *', theirs: '40960', ours: '41471', reason: 'Linux packages' },
  { fact: 'package › *.apk › */ › attributes', theirs: null, ours: 'd*', reason: 'Linux packages' },
  { fact: 'package › *.pkg.tar.zst › */ › attributes', theirs: null, ours: 'd*', reason: 'Linux packages' },
  { fact: 'package › *.ipk › */ › attributes', theirs: null, ours: 'd*', reason: 'Linux packages' },
  {
    fact: 'package › *.pkg.tar.zst › .MTREE › *',
    theirs: '* mode=20000000* type=dir',
    ours: '* type=dir',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.pkg.tar.zst › .MTREE › *',
    theirs: 'time=-62135596800.0 * type=dir',
    ours: 'time=<time>.0 * type=dir',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.pkg.tar.zst › .MTREE › folders',
    theirs: 'with a slash at the end',
    ours: 'without a slash',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.pkg.tar.zst › control files',
    theirs: '* from the last on',
    ours: '* from the first on',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.pkg.tar.zst › * › attributes',
    theirs: '* <owner> *',
    ours: '-* 0:0 *',
    reason: 'Linux packages',
  },
  { fact: 'package › *.pkg.tar.zst › .PKGINFO › pkgver', reason: 'Linux packages' },
  {
    fact: 'package › *.apk › */ › attributes',
    theirs: 'd* <owner> 1970-01-01*',
    ours: 'd* <owner> <time>',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.pkg.tar.zst › */ › attributes',
    theirs: 'd* <owner> 1970-01-01*',
    ours: 'd* <owner> <time>',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.apk › .PKGINFO › attributes',
    theirs: '* 1970-01-01*',
    ours: '* <time>',
    reason: 'Linux packages',
  },
  {
    fact: 'package › *.apk › .SIGN.RSA.* › attributes',
    theirs: '* 1970-01-01*',
    ours: '* <time>',
    reason: 'Linux packages',
  },
  { fact: 'package › *.ipk › ./control.tar.gz › ./conffiles › *', ours: null, reason: 'Linux packages' },
  {
    fact: 'package › *.ipk › ./control.tar.gz › order',
    theirs: './control\n./conffiles*',
    ours: './control*',
    reason: 'Linux packages',
  },
  { fact: 'package › *.rpm › fileRdevs › *', theirs: '1', ours: '0', reason: 'Linux packages' },
  { fact: 'package › *.rpm › fileDigestAlgo', theirs: null, ours: '8', reason: 'Linux packages' },
  { fact: 'package › *.rpm › fileDigestAlgo › *', theirs: '8', ours: null, reason: 'Linux packages' },
  {
    fact: 'package › *.rpm › fileDigests › *',
    theirs: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ours: '',
    reason: 'Linux packages',
  },
  { fact: 'package › *.src.rpm › dirNames', theirs: '/', ours: '', reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › fileFlags › *', theirs: '0', ours: '32', reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › fileSizes › *.gz', reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › size', reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › sourceRpm', ours: null, reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › provideName', ours: null, reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › provideFlags', ours: null, reason: 'Source packages of rpm' },
  { fact: 'package › *.src.rpm › provideVersion', ours: null, reason: 'Source packages of rpm' },
  { fact: 'file › aur/*.srcinfo › install', theirs: null, reason: 'The .SRCINFO of the AUR' },
  { fact: 'file › aur/*.srcinfo › backup', theirs: null, reason: 'The .SRCINFO of the AUR' },
  { fact: 'file › aur/*.srcinfo › source*', theirs: 'http*', ours: '*::http*', reason: 'The .SRCINFO of the AUR' },
]

/**
 * The entries that a difference is meant by.
 * @example intended({ fact: 'package › a.apk › usr/bin/hi › attributes', theirs: 'l0000 <owner>', ours: 'l0777 <owner>' })[0]?.reason // 'Linux packages'
 */
export function intended({ fact, theirs, ours }: Difference, project?: string): Intended[] {
  return ON_PURPOSE.filter(
    (one) =>
      (one.project === undefined || one.project === project) &&
      like(one.fact, fact) &&
      says(one.theirs, theirs) &&
      says(one.ours, ours),
  )
}

function says(pattern: string | null | undefined, value: string | undefined): boolean {
  if (pattern === undefined) return true
  return pattern === null ? value === undefined : value !== undefined && like(pattern, value)
}

function like(pattern: string, text: string): boolean {
  const parts = pattern.split('*').map((one) => one.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text)
}
