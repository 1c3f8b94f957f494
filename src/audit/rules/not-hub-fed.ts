import { firstLine, rule } from './finding.ts'

/** A channel that gets other bytes than the release holds. */
export const notHubFed = rule(
  {
    id: 'not-hub-fed',
    severity: 'error',
    summary: 'A channel is built again, or takes bytes that are not those of the release.',
  },
  ({ channels }, say) =>
    channels
      .filter((one) => one.state === 'rebuilds' || one.state === 'own bytes')
      // A source package is what its channel is for.
      .filter((one) => !['cargo', 'rubygems', 'helm', 'vscode', 'nuget'].includes(one.channel))
      .map((one) =>
        say(
          `${one.channel}${one.name === undefined ? '' : ` (${one.name})`} is not fed by the release: ${one.reason}`,
          one.publishers[0]?.where ?? firstLine(one.files[0]?.where.file ?? '.github/workflows'),
          'let it take its files and checksums from the release: `tagonce release` does, for every channel of its config',
          {
            evidence: one.publishers.map((by) => ({
              text: `${by.workflow} › ${by.job}: ${by.through}`,
              where: by.where,
            })),
          },
        ),
      ),
)
