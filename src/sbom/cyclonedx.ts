import { createHash } from 'node:crypto'
import { componentsOf, type Inventory } from './inventory.ts'

/**
 * The inventory as CycloneDX 1.6 JSON (cyclonedx.org/docs/1.6). The same input gives the same text.
 * @example JSON.parse(cycloneDxJson(inventory)).bomFormat // 'CycloneDX'
 */
export function cycloneDxJson(inventory: Inventory): string {
  const { artifact, programs, document, created, tool } = inventory
  const components = componentsOf(programs)
  const root = 'artifact'
  const ref = (name: string): string => `program:${name}`
  const whole = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`${document}\0${artifact.sha256}`)}`,
    version: 1,
    metadata: {
      timestamp: created,
      tools: { components: [{ type: 'application', name: tool.name, version: tool.version }] },
      component: {
        type: programs.some((one) => one.name === artifact.name) ? 'application' : 'file',
        'bom-ref': root,
        name: artifact.name,
        version: artifact.version,
        hashes: [{ alg: 'SHA-256', content: artifact.sha256 }],
        externalReferences: [{ type: 'distribution', url: artifact.address }],
      },
    },
    components: [
      ...programs.map((one) => ({
        type: 'application',
        'bom-ref': ref(one.name),
        name: one.name,
        version: artifact.version,
        hashes: [{ alg: 'SHA-256', content: one.sha256 }],
        ...(one.info === undefined
          ? {}
          : {
              properties: one.info.settings.map(([name, value]) => ({ name: `go:build:${name}`, value })),
            }),
      })),
      ...components.map((one) => ({
        type: 'library',
        'bom-ref': one.key,
        name: one.name,
        ...(one.version === '' ? {} : { version: one.version }),
        purl: one.purl,
        ...(one.sum === '' ? {} : { properties: [{ name: 'go:sum', value: one.sum }] }),
      })),
    ],
    dependencies: [
      { ref: root, dependsOn: programs.map((one) => ref(one.name)) },
      ...programs.map((program) => ({
        ref: ref(program.name),
        dependsOn: components.filter((one) => one.programs.includes(program.name)).map((one) => one.key),
      })),
    ],
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

/** RFC 9562, 5.8: a UUID of version 8, whose bits are ours to choose. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
