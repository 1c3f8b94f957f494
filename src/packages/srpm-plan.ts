import type { Config } from '../config/config.ts'
import type { Path } from '../config/path.ts'
import type { PackageFacts } from '../formats/package-entry.ts'
import { rpmVersion } from '../formats/rpm.ts'
import type { Named } from '../plan/archives.ts'
import type { TemplateData } from '../plan/context.ts'
import { leavesRoot } from '../plan/names.ts'
import type { PlannedSourceArchive } from '../plan/plan.ts'
import type { Renderer } from '../plan/renderer.ts'
import { planContents } from './plan-contents.ts'
import { versionParts } from './plan-facts.ts'
import type { PlannedSrpm } from './planned-bundles.ts'

export interface SrpmInput {
  renderer: Renderer
  config: Config
  project: string
  version: string
  commitTimestamp: number
  sourceArchive: PlannedSourceArchive | undefined
  names: Named[]
  skip: ReadonlySet<string>
}

/** `srpm`; undefined where it is not enabled. */
export function planSrpm(input: SrpmInput): PlannedSrpm | undefined {
  const { renderer, config, sourceArchive } = input
  const srpm = config.srpm
  if (srpm?.enabled !== true || input.skip.has('srpm')) return undefined
  const path: Path = ['srpm']
  const name = srpm.package_name || input.project
  if (sourceArchive === undefined) {
    const message = 'a source package needs the source archive'
    renderer.problem('no-source', path, message, 'set `source: { enabled: true }`')
  }
  const specFile = srpm.spec_file ?? ''
  if (specFile === '' || leavesRoot(specFile)) {
    const message = specFile === '' ? '`spec_file` is not set' : `${specFile} lies outside the folder of the project`
    renderer.problem('srpm-spec', [...path, 'spec_file'], message, 'name the template of the spec file')
  }
  const fields: TemplateData = {
    Summary: srpm.summary ?? '',
    Group: srpm.group ?? '',
    PackageName: name,
    Epoch: srpm.epoch ?? '',
    Section: srpm.section ?? '',
    Maintainer: srpm.maintainer ?? '',
    Vendor: srpm.vendor ?? '',
    Packager: srpm.packager ?? '',
    ImportPath: srpm.import_path ?? '',
    License: srpm.license ?? '',
    LicenseFileName: srpm.license_file_name ?? '',
    URL: srpm.url ?? '',
    Description: srpm.description ?? '',
    Source: sourceArchive?.name ?? '',
    Bins: srpm.bins ?? { [input.project]: '%{goipath}' },
    Docs: srpm.docs ?? [],
  }
  const facts = factsOf(input, name)
  const own = renderer.with(fields)
  const conventional = `${name}-${rpmVersion(facts)}-1.${facts.arch}.src.rpm`
  const at: Path = [...path, 'file_name_template']
  const file = own.try(srpm.file_name_template || '{{ .PackageName }}-{{ .Version }}.src.rpm', at, {
    ConventionalFileName: conventional,
    ConventionalExtension: '.src.rpm',
  })
  if (file === undefined) return undefined
  const whole = (file.endsWith('.src.rpm') ? file : `${file}.src.rpm`).replaceAll('~', '.')
  input.names.push({ name: whole, at })
  const keyFile = input.skip.has('sign') ? '' : own.render(srpm.signature?.key_file, [...path, 'signature', 'key_file'])
  return {
    name: whole,
    kind: 'srpm',
    id: '',
    format: 'src.rpm',
    facts,
    rpm: {
      summary: srpm.summary ?? '',
      group: srpm.group ?? '',
      packager: srpm.packager || facts.maintainer,
      buildHost: srpm.buildhost || 'localhost',
      prefixes: [],
      compression: srpm.compression || 'gzip',
    },
    specFile,
    specName: `${name}.srpm.spec`,
    fields,
    source: sourceArchive?.name ?? '',
    contents: planContents(own, srpm.contents ?? [], [...path, 'contents'], 'rpm'),
    ...(keyFile === '' ? {} : { signature: { keyFile, role: '', keyName: '', passphrases: ['SRPM_PASSPHRASE'] } }),
  }
}

function factsOf({ config, version, commitTimestamp }: SrpmInput, name: string): PackageFacts {
  const srpm = config.srpm ?? {}
  return {
    name,
    ...versionParts(version, {}),
    release: '1',
    epoch: srpm.epoch ?? '',
    // What GoReleaser writes, whatever the machine.
    arch: 'x86_64',
    platform: 'linux',
    section: srpm.section ?? '',
    priority: '',
    maintainer: srpm.maintainer ?? '',
    description: srpm.description || 'no description given',
    vendor: srpm.vendor ?? '',
    homepage: srpm.url ?? '',
    license: srpm.license ?? '',
    depends: [],
    recommends: [],
    suggests: [],
    conflicts: [],
    replaces: [],
    provides: [],
    mtime: commitTimestamp,
  }
}
