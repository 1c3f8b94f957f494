import { firstLine, rule } from './finding.ts'

/** A wrapper, formula, manifest or installer that asks for files that the release will not hold. */
export const urlMismatch = rule(
  {
    id: 'url-mismatch',
    severity: 'error',
    summary: 'A wrapper, formula or manifest asks for files that the config does not make.',
  },
  ({ channels }, say) =>
    channels
      .filter((one) => one.state === 'url-mismatch')
      .map((one) => {
        const wrong = one.files.filter((file) => file.planned !== file.wanted)
        return say(
          `${one.channel}${one.name === undefined ? '' : ` (${one.name})`}: ${one.reason}`,
          wrong[0]?.where ?? firstLine(one.files[0]?.where.file ?? ''),
          'use the names of the config there, or set `name_template` so that the config makes these',
          {
            evidence: wrong.map((file) => ({
              text: `${file.wanted} ≠ ${file.planned ?? 'nothing'}`,
              where: file.where,
            })),
          },
        )
      }),
)
