/** What one run could not know of the other: where it ran and when. */
export interface Circumstances {
  /** The folder of the clone, and whatever else of it names it. */
  root: string
  /** Seconds since the epoch. */
  began: number
  ended: number
  /** That of the commit, seconds since the epoch. */
  commit: number
}

/** What must differ between two honest runs, by name; nothing else is put aside. */
export const PUT_ASIDE = {
  folder: 'the folder of the clone: each of the two works in one of its own',
  time: 'the time: theirs is that of the run, ours that of the commit, so that two runs give the same bytes',
  owner: 'owners in archives for which the config names none: theirs are who runs it, ours are nobody by name',
  host: 'the name of the machine in an rpm: ours is localhost, so that two machines give the same bytes',
  sources:
    'where the files of a package were taken from, in artifacts.json: only their places in the package are compared',
  empty: 'empty fields in the control file of a deb, which Debian’s policy forbids',
  tool: 'the line that names the tool which wrote a file',
  digests:
    'digests and sizes of what is compressed: what is inside is compared; each digest is held to be that of its file',
  tilde:
    'a tilde in the name of a package (1.0.0~rc1): GitHub would store it as a dot, so ours has the dot at once, and the checksums hold',
  config:
    'dist/config.yaml (only that it is there): the config with the defaults of each tool filled in, which nothing reads',
  manifest: 'tagonce.json: ours alone, and what is recorded of it',
  sealed:
    'private settings of GoReleaser’s publishers in artifacts.json (BrewConfig and its like); ours are sealed in tagonce.json',
  order:
    'the order of artifacts, of the installers of winget and of the parts of a universal binary, which is chance with GoReleaser',
  image: 'the digest of an image, which another engine made',
  queries: 'calls that only ask (go list, go env, go version, docker info)',
} as const

const STAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g
const DAY = /\b\d{4}-\d\d-\d\d\b/g
const SECONDS = /\b1\d{9}\b/g

/** Puts folder, time and tool aside in a text. */
export function plainText(text: string, when: Circumstances): string {
  const now = (seconds: number): boolean => isNow(seconds, when)
  return text
    .replaceAll(when.root, '<root>')
    .replaceAll(STAMP, (stamp) => (now(Date.parse(stamp) / 1000) ? '<time>' : stamp))
    .replaceAll(SECONDS, (digits) => (now(Number(digits)) ? '<time>' : digits))
    .replaceAll(DAY, (day) => (dayIsNow(day, when) ? '<day>' : day))
    .replaceAll(
      /([Gg]enerated by|[Cc]reated (?:by|with|using)|using) (?:GoReleaser|goreleaser|tagonce)\b/g,
      '$1 <tool>',
    )
}

/** Whether a time is that of the run or that of the commit. */
export function isNow(seconds: number, { began, ended, commit }: Circumstances): boolean {
  return Math.floor(seconds) === commit || (seconds >= Math.floor(began) - 1 && seconds <= ended + 1)
}

function dayIsNow(day: string, { began, ended, commit }: Circumstances): boolean {
  return [began, ended, commit].some((one) => new Date(one * 1000).toISOString().startsWith(day))
}
