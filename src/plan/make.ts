import type { FullConfig } from '../config/defaults.ts'
import type { Loaded } from '../config/load.ts'
import { MANIFEST_NAME } from '../manifest/manifest.ts'
import type { Source } from '../source/source.ts'
import { type Named, planArchives, type PlannedUpload } from './archives.ts'
import { baseOf, type BaseOptions } from './base.ts'
import type { BuildsInput } from './build-parts.ts'
import { planBuilds } from './builds.ts'
import { planFlatpaks } from '../packages/flatpak-plan.ts'
import { planMakeselfs } from '../packages/makeself-plan.ts'
import { planPackages } from '../packages/plan.ts'
import { planSrpm } from '../packages/srpm-plan.ts'
import { planChecksums } from './checksums.ts'
import { planProxy } from './gomod-proxy.ts'
import { planHooks } from './hooks.ts'
import { planKos } from './ko.ts'
import { planExtraFiles } from './files.ts'
import { hubSettings } from './hub.ts'
import { tellMissingFiles } from './missing-files.ts'
import { inMonorepo } from './monorepo.ts'
import { assetNameFault } from './names.ts'
import { partialTarget } from './partial.ts'
import { planNotarize } from './notarize.ts'
import type { Plan, PlannedBinary, PlannedSpoke } from './plan.ts'
import { Problems, type Renderer } from './renderer.ts'
import { planBinarySigns, planSboms, planSigns } from './signing.ts'
import { planSourceArchive } from './source-archive.ts'
import type { SpokeConfig } from './spoke-config.ts'
import { spokeConfig } from './spokes.ts'
import { tellUnbuilt } from './unbuilt.ts'
import { planTemplateFiles } from './template-files.ts'
import { allBinaries, joinUniversal } from './universal.ts'
import { planUpx } from './upx.ts'

export interface PlanOptions extends BaseOptions {
  /** Words of `--skip`: before, archive, pre-hooks, post-hooks, publish; others are for those who carry the plan out. */
  skip?: ReadonlySet<string>
  /** Build these ids only. */
  ids?: string[]
  /** Plans the spokes; absent = none. */
  planSpokes?: (config: SpokeConfig) => PlannedSpoke[]
}

/**
 * config × source: everything a release will make, as data. Pure: nothing is written or run. Problems are all in
 * `diagnostics`, each with its place; a plan with an error among them must not be carried out.
 * @example makePlan(await loadConfig(root), await inspect(root, { env }), { root, env, files: projectFiles(root) })
 */
export function makePlan(loaded: Loaded, source: Source, options: PlanOptions): Plan {
  return planAndRenderer(loaded, source, options).plan
}

/** The plan, and what renders templates that have to wait for files. */
export function planAndRenderer(
  loaded: Loaded,
  source: Source,
  options: PlanOptions,
): { plan: Plan; renderer: Renderer } {
  const problems = new Problems()
  const base = baseOf(loaded, source, options, problems)
  const { renderer, config, env, place } = base
  const skip = options.skip ?? new Set<string>()
  const { snapshot } = source
  const intent = { pack: !skip.has('archive'), publish: !skip.has('publish') && !snapshot, snapshot }
  tellUnbuilt(renderer, loaded.config, intent, skip)
  const proxy = planProxy(renderer, config, {
    module: base.module,
    tag: source.tag,
    // A nightly build is of a commit that the proxy knows no version of.
    snapshot: snapshot || source.nightly === true,
    env: options.env,
    files: options.files,
  })
  const input: BuildsInput = {
    renderer,
    config,
    written: loaded.config.builds ?? [],
    root: options.root,
    env,
    outer: options.env,
    files: options.files,
    skip,
    proxied: proxy.builds,
    ...(options.singleTarget === true ? { target: targetOf(renderer, config, options.env) } : {}),
    ...(options.ids === undefined ? {} : { ids: options.ids }),
  }
  const binaries = planUpx(renderer, config, joinUniversal(input, planBuilds(input)))
  const ids = config.builds.map((build) => build.id ?? '')
  const programs = binaries.filter((one) => one.product !== 'wheel' && one.product !== 'sdist')
  const packed = skip.has('archive')
    ? { archives: [], uploads: [], names: [] }
    : planArchives(renderer, config, programs, [...new Set([...ids, ...binaries.map((one) => one.id)])])
  const names: Named[] = packed.names
  packed.uploads.push(...pythonUploads(binaries, names))
  const linux = skip.has('nfpm')
    ? { packages: [], names: [] }
    : planPackages({
        renderer,
        config,
        binaries: programs,
        built: [...new Set([...ids, ...binaries.map((one) => one.id)])],
        partial: options.singleTarget === true || options.ids !== undefined,
        skip,
        version: base.source.version,
        commitTimestamp: source.commitTimestamp,
      })
  names.push(...linux.names)
  const sourceArchive = planSourceArchive(renderer, config, names)
  const partial = options.singleTarget === true || options.ids !== undefined
  const images =
    partial || skip.has('archive')
      ? { binaries: [], files: [] }
      : planKos(input, { binaries, ...packed }, base.source.version, names)
  const { version } = base.source
  const { commitTimestamp } = source
  const { project } = base
  const srpm = planSrpm({ renderer, config, project, version, commitTimestamp, sourceArchive, names, skip })
  const bundling = { renderer, config, dist: config.dist, version, binaries: programs, partial, names, skip }
  const makeselfs = planMakeselfs(bundling)
  const flatpaks = planFlatpaks(bundling)
  const covered = [
    ...(srpm === undefined ? [] : [srpm]),
    ...makeselfs,
    ...flatpaks,
    ...packed.archives,
    ...packed.uploads,
    ...images.files,
    ...linux.packages,
    ...(sourceArchive === undefined ? [] : [sourceArchive]),
  ]
  const checksums = planChecksums(renderer, config, covered, names)
  const modTimestamp = modTimestampOf(renderer, config)
  checkNames(renderer, names, allBinaries([...binaries, ...images.binaries]))
  checkIds(renderer, config)
  const plan: Omit<Plan, 'spokes'> = {
    project: base.project,
    version: base.source.version,
    source: base.source,
    dist: config.dist,
    ...(proxy.modules.length === 0 ? {} : { proxies: proxy.modules }),
    before: skip.has('before') ? [] : planHooks(renderer, config.before.hooks, ['before', 'hooks'], { env }),
    binaries: [...binaries, ...images.binaries],
    archives: packed.archives,
    uploads: packed.uploads,
    ...(images.files.length === 0 ? {} : { imagePrograms: images.files }),
    ...(linux.packages.length === 0 ? {} : { packages: linux.packages }),
    ...(srpm === undefined ? {} : { srpm }),
    ...(makeselfs.length === 0 ? {} : { makeselfs }),
    ...(flatpaks.length === 0 ? {} : { flatpaks }),
    checksums,
    ...(config.checksum.split === true
      ? {
          checksumTemplate: config.checksum.name_template,
          bodyTemplates: { header: config.release.header ?? '', footer: config.release.footer ?? '' },
        }
      : {}),
    ...(sourceArchive === undefined ? {} : { sourceArchive }),
    sboms: skip.has('sbom') ? [] : planSboms(renderer, config),
    signs: skip.has('sign') ? [] : planSigns(renderer, config),
    binarySigns: skip.has('sign') ? [] : planBinarySigns(renderer, config),
    ...(skip.has('notarize') ? {} : { notarize: planNotarize(renderer, config) }),
    extraFiles: [
      ...(intent.publish
        ? planExtraFiles(renderer, config.release.extra_files, config.release.templated_extra_files, ['release'])
        : []),
      ...(intent.pack ? planTemplateFiles(renderer, config) : []),
    ],
    ...(skip.has('after') ? {} : { after: planHooks(renderer, config.after?.hooks, ['after', 'hooks'], { env }) }),
    includeMeta: config.release.include_meta ?? false,
    reportSizes: config.report_sizes ?? false,
    ...(modTimestamp === undefined ? {} : { modTimestamp }),
    hub: hubSettings(renderer, config, base.source, place, skip),
    diagnostics: problems.found,
  }
  const whole = inMonorepo(plan, renderer, config)
  tellMissingFiles(whole, options.files, problems)
  const spokes = options.planSpokes?.(spokeConfig(renderer, config, whole, options.files)) ?? []
  return { plan: { ...whole, spokes }, renderer }
}

function targetOf(renderer: Renderer, config: FullConfig, env: PlanOptions['env']): string {
  const target = partialTarget(config.builds, env)
  const message = 'no target of the builds is that of this machine'
  if (target === '') renderer.problem('no-target', ['builds'], message, 'name one in the variable TARGET')
  return target
}

/** Wheels and source distributions are files of the release as they are. */
function pythonUploads(binaries: PlannedBinary[], names: Named[]): PlannedUpload[] {
  return binaries.flatMap(({ id, name, ext, path, platform, product }) => {
    if (product !== 'wheel' && product !== 'sdist') return []
    names.push({ name: name + ext, at: ['builds'] })
    return [{ name: name + ext, kind: 'package' as const, id, platform, format: product, path }]
  })
}

/** `metadata.mod_timestamp`: seconds since the epoch, as with GoReleaser. */
function modTimestampOf(renderer: Renderer, config: FullConfig): number | undefined {
  const at = ['metadata', 'mod_timestamp']
  const text = renderer.render(config.metadata?.mod_timestamp, at).trim()
  if (text === '') return undefined
  if (/^-?\d{1,12}$/.test(text)) return Number(text)
  renderer.problem(
    'bad-mtime',
    at,
    `${JSON.stringify(text)} is no number of seconds`,
    'write it as "{{ .CommitTimestamp }}"',
  )
  return undefined
}

/** Ids of archives that are named elsewhere must exist. */
function checkIds(renderer: Renderer, config: FullConfig): void {
  const known = config.archives.map((one) => one.id)
  for (const key of ['release', 'checksum'] as const) {
    for (const [index, id] of (config[key].ids ?? []).entries()) {
      if (known.includes(id)) continue
      const mend = `the archives are ${known.join(', ')}`
      renderer.problem('unknown-archive', [key, 'ids', index], `no archive has the id ${id}`, mend, 'warning')
    }
  }
}

/** No two files of a release may have one name, nor two binaries one path. */
function checkNames(renderer: Renderer, names: Named[], binaries: Plan['binaries']): void {
  // The manifest is an asset, too.
  const seen = new Set([MANIFEST_NAME])
  for (const { name, at } of names) {
    const fault = assetNameFault(name)
    if (fault !== undefined) renderer.problem('asset-name', at, `the file name ${JSON.stringify(name)} ${fault}`)
    if (seen.has(name)) {
      const mend = 'let the template name what they differ in: `{{ .Os }}`, `{{ .Arch }}`, `{{ .Arm }}`, the build'
      renderer.problem('duplicate-name', at, `two files of the release would be named ${name}`, mend)
    }
    seen.add(name)
  }
  const paths = new Set<string>()
  for (const { id, path } of binaries) {
    if (paths.has(path)) {
      const message = `two binaries of the build ${id} would lie at ${path}`
      renderer.problem(
        'duplicate-path',
        ['builds'],
        message,
        'leave out `no_unique_dist_dir`, or give them different names',
      )
    }
    paths.add(path)
  }
}
