import { rule } from './finding.ts'

/** One package of one channel that several workflows publish. */
export const scatteredPublisher = rule(
  { id: 'scattered-publisher', severity: 'error', summary: 'One channel is published from two or more workflows.' },
  ({ channels }, say) =>
    channels.flatMap((channel) => {
      const workflows = [...new Set(channel.publishers.map((one) => one.workflow))]
      const [first] = channel.publishers
      if (first === undefined || workflows.length < 2) return []
      const what = `${channel.channel}${channel.name === undefined ? '' : ` (${channel.name})`}`
      return [
        say(
          `${workflows.length} workflows publish to ${what}: ${workflows.join(', ')}`,
          first.where,
          'publish it from the one release workflow',
          {
            evidence: channel.publishers.map((one) => ({
              text: `${one.workflow} › ${one.job}: ${one.through}`,
              where: one.where,
            })),
          },
        ),
      ]
    }),
)
