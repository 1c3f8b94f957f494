import { posix } from 'node:path'

/** What the flags of `docker build` ask for, as far as it changes the image. */
export interface BuildFlags {
  platform?: string
  labels: Record<string, string>
  buildArgs: Record<string, string>
  annotations: { manifest: Record<string, string>; index: Record<string, string> }
  target: string
  sbom?: boolean
  provenance?: boolean
  /** Flags that would change the image and are not carried out, each with the number of the text it stands in. */
  refused: { at: number; flag: string; mend: string }[]
}

/** Flags that say how to build, not what: nothing of them is in the image. */
const WITHOUT_EFFECT = new Set([
  'pull',
  'no-cache',
  'rm',
  'force-rm',
  'quiet',
  'q',
  'progress',
  'push',
  'load',
  'compress',
  'builder',
  'cache-from',
  'cache-to',
  'iidfile',
  'metadata-file',
  'network',
  'no-cache-filter',
  'squash',
  'memory',
  'memory-swap',
  'cpu-quota',
  'cpu-shares',
  'cpuset-cpus',
  'shm-size',
  'ulimit',
  'isolation',
  'debug',
  'D',
])

/** Those of them that stand alone; the others have a value. */
const ALONE = new Set([
  'pull',
  'no-cache',
  'rm',
  'force-rm',
  'quiet',
  'q',
  'push',
  'load',
  'compress',
  'squash',
  'debug',
  'D',
])

const MENDS: Record<string, string> = {
  file: 'name the Dockerfile in dockerfile',
  f: 'name the Dockerfile in dockerfile',
  tag: 'name the image in image_templates or in tags',
  t: 'name the image in image_templates or in tags',
  secret: 'prepare the file before, and name it in extra_files',
  ssh: 'prepare the files before, and name them in extra_files',
  'build-context': 'name the files in extra_files',
  output: 'leave it out: the image goes to the registry',
  o: 'leave it out: the image goes to the registry',
}

/** Reads `build_flag_templates` (or `flags`), rendered. A text may hold a flag with its value (`--label=a=b`), or they are two texts. */
export function buildFlags(texts: readonly string[]): BuildFlags {
  const flags: BuildFlags = {
    labels: {},
    buildArgs: {},
    annotations: { manifest: {}, index: {} },
    target: '',
    refused: [],
  }
  for (let at = 0; at < texts.length; at++) {
    const text = (texts[at] ?? '').trim()
    if (text === '') continue
    const [, name = '', value] = /^--?([A-Za-z][\w-]*)(?:[= ](.*))?$/s.exec(text) ?? []
    const place = at
    const take = (): string => unquoted(value ?? texts[++at] ?? '')
    if (name === 'platform') flags.platform = take()
    else if (name === 'label') set(flags.labels, take())
    else if (name === 'build-arg') set(flags.buildArgs, take())
    else if (name === 'annotation') annotate(flags, take())
    else if (name === 'target') flags.target = take()
    else if (name === 'sbom') flags.sbom = value !== 'false'
    else if (name === 'provenance') flags.provenance = value !== 'false'
    else if (name === 'attest') attest(flags, take())
    else if (WITHOUT_EFFECT.has(name)) {
      if (value === undefined && !ALONE.has(name)) at++
    } else
      flags.refused.push({
        at: place,
        flag: text,
        mend: MENDS[name] ?? 'leave it out: nothing is run to make the image',
      })
  }
  return flags
}

function set(pairs: Record<string, string>, text: string): void {
  const at = text.indexOf('=')
  if (at === -1) pairs[text] = ''
  else pairs[text.slice(0, at)] = text.slice(at + 1)
}

function attest(flags: BuildFlags, text: string): void {
  const off = /\bdisabled=true\b/.test(text)
  if (/\btype=sbom\b/.test(text)) flags.sbom = !off
  if (/\btype=provenance\b/.test(text)) flags.provenance = !off
}

/** `index:key=value`; without a word before it, of the manifest. */
function annotate(flags: BuildFlags, text: string): void {
  const [, levels = 'manifest', rest = ''] = /^(?:([a-z-]+(?:\[[^\]]*\])?(?:,[a-z-]+)*):)?(.*)$/s.exec(text) ?? []
  for (const level of levels.split(',')) {
    if (level.startsWith('index') && !level.startsWith('index-d')) set(flags.annotations.index, rest)
    else if (level.startsWith('manifest') && !level.startsWith('manifest-d')) set(flags.annotations.manifest, rest)
  }
}

/** No shell takes quotes off here; one who wrote them meant the value. */
function unquoted(text: string): string {
  return /^"[^"]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : text
}

/** A path of the project, as it stands in a build context. */
export function contextPath(path: string): string {
  return posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '')
}
