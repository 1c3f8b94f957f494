import type { Finding } from '../model.ts'
import { SILENCE_RULES } from './silence.ts'
import { RULES } from './rules.ts'

const LEVEL = { error: 'error', warning: 'warning', info: 'note' } as const

/**
 * Findings as SARIF 2.1.0, for GitHub's code scanning and other readers
 * (docs.oasis-open.org/sarif/sarif/v2.1.0). Silenced ones are there, suppressed, with their reason.
 * @example JSON.stringify(toSarif(findings, '1.0.0'))
 */
export function toSarif(findings: Finding[], version: string): object {
  const rules = [...RULES, ...SILENCE_RULES]
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tagonce',
            version,
            informationUri: 'https://www.npmjs.com/package/tagonce',
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: rule.summary },
              defaultConfiguration: { level: LEVEL[rule.severity] },
            })),
          },
        },
        originalUriBaseIds: { SRCROOT: { description: { text: 'the root of the repository' } } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
          level: LEVEL[finding.severity],
          message: { text: `${finding.message}\n\nMend: ${finding.mend}` },
          locations: [location(finding.where)],
          relatedLocations: finding.evidence.flatMap((one, index) =>
            one.where === undefined ? [] : [{ id: index + 1, message: { text: one.text }, ...location(one.where) }],
          ),
          ...(finding.silenced === undefined
            ? {}
            : { suppressions: [{ kind: 'external', justification: finding.silenced }] }),
        })),
      },
    ],
  }
}

function location(where: Finding['where']): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: where.file.split('/').map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' },
      region: { startLine: where.line, startColumn: where.column },
    },
  }
}
