import { CONFIG_NAMES } from '../effects/release-tool.ts'
import { firstLine, rule } from './finding.ts'

const OTHERS = /(^|\/)(\.?goreleaser[\w.-]*\.ya?ml[\w.-]*|jreleaser\.(ya?ml|toml|json)|dist-workspace\.toml)$/

/** More than one config of release tools, or leftovers of one. */
export const duplicateConfig = rule(
  {
    id: 'duplicate-config',
    severity: 'warning',
    summary: 'There is more than one config of a release tool, a backup of one, or a checked-in dist/config.yaml.',
  },
  ({ snapshot }, say) => {
    const read = CONFIG_NAMES.find((name) => snapshot.paths.includes(name))
    return (
      snapshot.paths
        .filter((path) => !/(^|\/)(node_modules|vendor|testdata|fixtures|archive)\//.test(path))
        .filter(
          (path) => path !== read && (OTHERS.test(path) || path === 'dist/config.yaml' || CONFIG_NAMES.includes(path)),
        )
        // A config of its own in another folder (a monorepo) is one of its own.
        .filter(
          (path) =>
            !path.includes('/') ||
            path.startsWith('.config/') ||
            path.startsWith('dist/') ||
            /backup|bak|old|copy/.test(path),
        )
        .filter(() => read !== undefined)
        .map((path) =>
          say(
            `${path} lies beside ${read}, which is the one that is read`,
            firstLine(path),
            'keep one config; git has the history of the other',
            {
              evidence: [{ text: `order: ${CONFIG_NAMES.join(', ')}` }],
            },
          ),
        )
    )
  },
)
