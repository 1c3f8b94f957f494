import { type Component, componentsOf, type Inventory, type Program } from './inventory.ts'

/**
 * The inventory as SPDX 2.3 JSON (spdx.github.io/spdx-spec/v2.3). The same input gives the same text.
 * @example JSON.parse(spdxJson(inventory)).spdxVersion // 'SPDX-2.3'
 */
export function spdxJson(inventory: Inventory): string {
  const { artifact, programs, document, created, tool } = inventory
  const components = componentsOf(programs)
  const root = 'SPDXRef-artifact'
  const programId = (one: Program): string => `SPDXRef-program-${programs.indexOf(one)}`
  const named = (name: string): string => programId(programs.find((one) => one.name === name) ?? programs[0]!)
  const relationships = [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: root },
    ...programs.map((one) => ({
      spdxElementId: root,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: programId(one),
    })),
    ...components.flatMap((one) =>
      one.programs.map((name) => ({
        spdxElementId: `SPDXRef-${one.key}`,
        relationshipType: 'DEPENDENCY_OF',
        relatedSpdxElement: named(name),
      })),
    ),
  ]
  const whole = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: artifact.name,
    documentNamespace: `${artifact.address.replace(/[^/]*$/, '')}${encodeURIComponent(document)}#${artifact.sha256}`,
    creationInfo: { creators: [`Tool: ${tool.name}-${tool.version}`], created },
    packages: [
      {
        ...COMMON,
        name: artifact.name,
        SPDXID: root,
        versionInfo: artifact.version,
        downloadLocation: artifact.address,
        primaryPackagePurpose: programs.some((one) => one.name === artifact.name) ? 'APPLICATION' : 'ARCHIVE',
        checksums: [{ algorithm: 'SHA256', checksumValue: artifact.sha256 }],
      },
      ...programs.map((one) => ({
        ...COMMON,
        name: one.name,
        SPDXID: programId(one),
        versionInfo: artifact.version,
        downloadLocation: 'NOASSERTION',
        primaryPackagePurpose: 'APPLICATION',
        checksums: [{ algorithm: 'SHA256', checksumValue: one.sha256 }],
      })),
      ...components.map(packageOf),
    ],
    relationships,
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

const COMMON = {
  filesAnalyzed: false,
  licenseConcluded: 'NOASSERTION',
  licenseDeclared: 'NOASSERTION',
  copyrightText: 'NOASSERTION',
  supplier: 'NOASSERTION',
}

function packageOf(component: Component): object {
  return {
    ...COMMON,
    name: component.name,
    SPDXID: `SPDXRef-${component.key}`,
    ...(component.version === '' ? {} : { versionInfo: component.version }),
    downloadLocation: 'NOASSERTION',
    primaryPackagePurpose: 'LIBRARY',
    ...(component.sum === '' ? {} : { comment: `go.sum: ${component.sum}` }),
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: component.purl }],
  }
}
