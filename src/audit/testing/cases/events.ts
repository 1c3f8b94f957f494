import { GORELEASER, type RuleCase, W, workflow } from './case.ts'

const OTHER = '.github/workflows/other.yml'
const dispatch = (on: string): string =>
  `name: Other\non: ${on}\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: echo}]}}\n`
const ghRun = (args: string): string => `- run: gh workflow run ${args}\n  env: {GH_TOKEN: '\${{ github.token }}'}`

/** What fires, what collides, what follows. */
export const EVENT_CASES: RuleCase[] = [
  {
    rule: 'tag-collision',
    name: 'two workflows make one release',
    files: { [W]: workflow(GORELEASER), [OTHER]: workflow('- run: gh release create "$GITHUB_REF_NAME"') },
    finds: /2 workflows write the release v1\.0\.1/,
    at: `${OTHER}:8`,
  },
  {
    rule: 'tag-collision',
    name: 'the other one is for branches',
    files: {
      [W]: workflow(GORELEASER),
      [OTHER]: workflow('- run: gh release create x', { on: '{push: {branches: [main]}}' }),
    },
  },
  {
    rule: 'event-double-fire',
    name: 'push of a tag and release published',
    files: { [W]: workflow(GORELEASER, { on: "{push: {tags: ['v*']}, release: {types: [published]}}" }) },
    finds: /runs .* for the pushed tag and again for the release event/,
    at: `${W}:2`,
  },
  {
    rule: 'event-double-fire',
    name: 'push of a tag and create',
    files: { [W]: workflow(GORELEASER, { on: "{push: {tags: ['v*']}, create: }" }) },
    finds: /again for the create event/,
  },
  {
    rule: 'event-double-fire',
    name: 'release without types',
    files: { [W]: workflow('- run: npm publish', { on: '{release: }' }) },
    finds: /created, published and released/,
  },
  {
    rule: 'event-double-fire',
    name: 'each event has jobs of its own',
    files: {
      [W]: workflow(
        '- {run: npm publish, if: "github.event_name == \'release\'"}\n- {run: gh release create x, if: "github.event_name == \'push\'"}',
        {
          on: "{push: {tags: ['v*']}, release: {types: [published]}}",
        },
      ),
    },
  },
  {
    rule: 'scattered-publisher',
    name: 'npm from two workflows, whatever starts them',
    files: {
      [W]: workflow('- run: npm publish'),
      [OTHER]: workflow('- run: npm publish', { on: '{workflow_dispatch: }' }),
    },
    finds: /2 workflows publish to npm/,
    at: `${W}:8`,
  },
  {
    rule: 'scattered-publisher',
    name: 'two packages of one channel',
    files: {
      [W]: workflow('- {run: npm publish, working-directory: a}'),
      [OTHER]: workflow('- {run: npm publish, working-directory: b}'),
      'a/package.json': '{"name": "a"}',
      'b/package.json': '{"name": "b"}',
    },
  },
  {
    rule: 'invalid-workflow',
    name: 'a step id twice',
    files: { [W]: workflow('- {id: a, run: a}\n- {id: a, run: b}') },
    finds: /is invalid: .*may not be used more than once/,
    at: `${W}:9`,
  },
  {
    rule: 'invalid-workflow',
    name: 'tags and tags-ignore',
    files: { [W]: workflow('- run: a', { on: '{push: {tags: [a], tags-ignore: [b]}}' }) },
    finds: /tags and tags-ignore/,
  },
  {
    rule: 'invalid-workflow',
    name: 'workflows that call each other',
    files: {
      [W]: 'on: {workflow_call: , push: }\njobs: {a: {uses: ./.github/workflows/other.yml}}\n',
      [OTHER]: 'on: {workflow_call: }\njobs: {a: {uses: ./.github/workflows/release.yml}}\n',
    },
    finds: /calls itself in the end/,
  },
  { rule: 'invalid-workflow', name: 'a valid one', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'commented-header',
    name: 'steps fall into the job above',
    files: {
      [W]: `${workflow('- run: npm publish')}#  pypi:\n#    runs-on: ubuntu-latest\n#    steps:\n      - run: twine upload dist/*\n`,
    },
    finds: /the header of the job pypi is a comment.* they run in release/,
    at: `${W}:9`,
  },
  {
    rule: 'commented-header',
    name: 'a job that is a comment as a whole',
    files: {
      [W]: `${workflow('- run: npm publish')}#  pypi:\n#    runs-on: ubuntu-latest\n#    steps:\n#      - run: twine upload dist/*\n`,
    },
  },
  {
    rule: 'duplicate-workflow',
    name: 'twins',
    files: { [W]: workflow(GORELEASER), '.github/workflows/release.yaml': workflow(GORELEASER) },
    finds: /differ only in their extension, are both named "Release", share 100 % of their lines/,
  },
  {
    rule: 'duplicate-workflow',
    name: 'two of a kind',
    files: { [W]: workflow(GORELEASER), [OTHER]: dispatch('push') },
  },
  { rule: 'empty-or-backup-file', name: 'empty', files: { [W]: '' }, finds: /is empty/, at: `${W}:1` },
  { rule: 'empty-or-backup-file', name: 'backup', files: { [`${W}.bak`]: 'npm publish' }, finds: /is a backup/ },
  { rule: 'empty-or-backup-file', name: 'a README there', files: { '.github/workflows/README.md': '# CI\n' } },
  {
    rule: 'unreachable-job',
    name: 'if: false',
    files: { [W]: workflow('- run: a', { job: 'if: false' }) },
    finds: /release never runs/,
    at: `${W}:7`,
  },
  {
    rule: 'unreachable-job',
    name: 'tags of a workflow for branches',
    files: {
      [W]: workflow('- run: a', { on: '{push: {branches: [main]}}', job: "if: startsWith(github.ref, 'refs/tags/')" }),
    },
    finds: /holds for no event/,
  },
  {
    rule: 'unreachable-job',
    name: 'one of its events',
    files: {
      [W]: workflow('- run: a', {
        on: '[push, workflow_dispatch]',
        job: "if: github.event_name == 'workflow_dispatch'",
      }),
    },
  },
  {
    rule: 'unreachable-job',
    name: 'it depends',
    files: { [W]: workflow('- run: a', { job: "if: github.ref == 'refs/tags/v2.0.0' || vars.X" }) },
  },
  {
    rule: 'dead-condition',
    name: 'a variable that nobody sets',
    files: { [W]: workflow('- {run: npm publish, if: "env.NPM_TOKEN != \'\'"}') },
    finds: /env\.NPM_TOKEN is empty here/,
    at: `${W}:8`,
  },
  {
    rule: 'dead-condition',
    name: 'set by the job',
    files: { [W]: workflow('- {run: a, if: "env.X"}', { job: 'env: {X: a}' }) },
  },
  {
    rule: 'dead-condition',
    name: 'set by a step before',
    files: { [W]: workflow('- run: echo "X=1" >> "$GITHUB_ENV"\n- {run: a, if: "env.X"}') },
  },
  {
    rule: 'dispatch-chain',
    name: 'no such file',
    files: { [W]: workflow(ghRun('gone.yml')) },
    finds: /gone\.yml does not exist/,
    at: `${W}:8`,
  },
  {
    rule: 'dispatch-chain',
    name: 'it does not listen',
    files: { [W]: workflow(ghRun('other.yml')), [OTHER]: dispatch('push') },
    finds: /has no `workflow_dispatch`/,
  },
  {
    rule: 'dispatch-chain',
    name: 'an input it does not have',
    files: {
      [W]: workflow(ghRun('other.yml -f tag=v1'), { top: 'permissions: {actions: write}' }),
      [OTHER]: dispatch('{workflow_dispatch: {inputs: {version: {required: true}}}}'),
    },
    finds: /has no input tag/,
  },
  {
    rule: 'dispatch-chain',
    name: 'no permission',
    files: { [W]: workflow(ghRun('other.yml')), [OTHER]: dispatch('{workflow_dispatch: }') },
    finds: /`actions: write`/,
  },
  {
    rule: 'dispatch-chain',
    name: 'nobody waits',
    files: { [W]: workflow('- uses: peter-evans/repository-dispatch@v3\n  with: {event-type: released}') },
    finds: /no workflow waits for repository_dispatch released/,
  },
  {
    rule: 'dispatch-chain',
    name: 'it arrives',
    files: {
      [W]: workflow(ghRun('other.yml -f version=v1'), { top: 'permissions: {actions: write}' }),
      [OTHER]: dispatch('{workflow_dispatch: {inputs: {version: {required: true}}}}'),
    },
  },
  {
    rule: 'dispatch-chain',
    name: 'another repository',
    files: {
      [W]: workflow('- uses: peter-evans/repository-dispatch@v3\n  with: {event-type: released, repository: o/site}'),
    },
  },
  {
    rule: 'token-cannot-trigger',
    name: 'a release made with GITHUB_TOKEN',
    files: {
      [W]: workflow(GORELEASER),
      [OTHER]: workflow('- run: npm publish', { on: '{release: {types: [published]}}' }),
    },
    finds: /waits for release, but .* GITHUB_TOKEN, which starts nothing/,
    at: `${OTHER}:2`,
  },
  {
    rule: 'token-cannot-trigger',
    name: 'a release made with a token of its own',
    files: {
      [W]: workflow(GORELEASER.replace('secrets.GITHUB_TOKEN', 'secrets.PAT')),
      [OTHER]: workflow('- run: npm publish', { on: '{release: {types: [published]}}' }),
    },
  },
  {
    rule: 'missing-permission',
    name: 'contents: read',
    files: { [W]: workflow(GORELEASER, { top: 'permissions: {contents: read}' }) },
    finds: /needs `contents: write`/,
    at: `${W}:10`,
  },
  {
    rule: 'missing-permission',
    name: 'trusted publishing without an identity',
    files: { [W]: workflow('- uses: pypa/gh-action-pypi-publish@v1') },
    finds: /needs `id-token: write`/,
  },
  { rule: 'missing-permission', name: 'granted', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'missing-permission',
    name: 'a token of its own',
    files: { [W]: workflow(GORELEASER.replace('secrets.GITHUB_TOKEN', 'secrets.PAT'), { top: 'permissions: {}' }) },
  },
]
