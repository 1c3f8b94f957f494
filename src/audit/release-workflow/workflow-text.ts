import type { ReleaseFacts } from './facts.ts'
import { pinned } from './pins.ts'

/** How a file of ours is known again. */
export const WRITTEN = 'Written by `tagonce workflow`'

/**
 * The one release workflow. Pure: the same facts give the same text.
 * @example releaseWorkflow(facts).split('\n')[0] // '# Written by `tagonce workflow`; …'
 */
export function releaseWorkflow(facts: ReleaseFacts): string {
  const { name, version, tagPrefix, env, permissions, goMod } = facts
  const number = '[0-9]+'
  const pattern = `${tagPrefix}${number}.${number}.${number}`
  const lines = [
    `# ${WRITTEN}; change the config instead, then run it again. \`tagonce workflow --check\` says when this has drifted.`,
    `name: ${scalar(name)}`,
    '',
    'on:',
    '  push:',
    '    tags:',
    '      # Versions, and versions with a suffix (v1.2.3-rc.1). Nothing else releases.',
    `      - '${pattern}'`,
    `      - '${pattern}-*'`,
    '',
    '# One release of a tag at a time; a release that has begun is never cancelled.',
    'concurrency:',
    '  group: release-${{ github.ref }}',
    '  cancel-in-progress: false',
    '',
    'permissions: {}',
    '',
    'jobs:',
    '  release:',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 60',
    '    permissions:',
    '      contents: write # the release itself',
    ...Object.entries(permissions).map(
      ([scope, access]) => `      ${scope}: ${access} # ${WHY[scope] ?? 'a channel needs it'}`,
    ),
    '    steps:',
    `      - uses: ${pinned('actions/checkout')}`,
    '        with:',
    '          fetch-depth: 0 # the changelog and the previous tag',
    '          persist-credentials: false',
    ...(goMod === undefined
      ? []
      : step(pinned('actions/setup-go'), [
          `go-version-file: ${scalar(goMod)}`,
          'cache: false # what others may write is no part of a release',
        ])),
    ...step(pinned('actions/setup-node'), ["node-version: '24'", 'package-manager-cache: false']),
    ...(facts.squashfs
      ? [
          '      - name: mksquashfs, for snaps',
          '        run: sudo apt-get update && sudo apt-get install --yes squashfs-tools',
        ]
      : []),
    ...facts.otherBuilders.map(
      (one) => `      # The builder ${one} is used: where ubuntu-latest lacks its tools, install them here.`,
    ),
    '      - name: Release',
    '        shell: bash',
    `        run: npx --yes tagonce@${version} release --clean | tee "$RUNNER_TEMP/release.txt"`,
    '        env:',
    ...Object.entries(env).map(([key, value]) => `          ${key}: ${value}`),
    '      - name: Summary',
    '        if: ${{ !cancelled() }}',
    '        shell: bash',
    '        run: |',
    '          {',
    '            echo "## $GITHUB_REF_NAME"',
    "            echo '```text'",
    '            cat "$RUNNER_TEMP/release.txt" 2>/dev/null || echo "nothing was released: read the log"',
    "            echo '```'",
    '          } >> "$GITHUB_STEP_SUMMARY"',
  ]
  return `${lines.join('\n')}\n`
}

const WHY: Record<string, string> = {
  'id-token': 'who runs this, for registries that trust it by its file name, and for provenance',
  packages: 'images on ghcr.io',
}

function step(uses: string, input: string[]): string[] {
  return [`      - uses: ${uses}`, '        with:', ...input.map((line) => `          ${line}`)]
}

/** A YAML scalar that stays what it is: plain where that is safe, else quoted. */
function scalar(text: string): string {
  return /^[A-Za-z][\w ./()-]*[\w)]$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : `'${text.replaceAll("'", "''").replaceAll(/\s+/g, ' ')}'`
}
