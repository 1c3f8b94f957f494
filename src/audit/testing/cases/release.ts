import { CONFIG, GORELEASER, type RuleCase, W, workflow } from './case.ts'

const SHA = 'b4ffde65f46336ab88eb53be808477a3936bae11'
const JOBS = (needs: string): string => `on: {push: {tags: ['v*']}}
permissions: {contents: write}
jobs:
  test: {runs-on: ubuntu-latest, steps: [{run: go test ./...}]}
  npm: {runs-on: ubuntu-latest, ${needs}steps: [{run: npm publish}]}
`

/** How a release workflow is written. */
export const RELEASE_CASES: RuleCase[] = [
  {
    rule: 'ungated-publish',
    name: 'beside the tests',
    files: { [W]: JOBS('') },
    finds: /npm publishes to npm without waiting for test/,
    at: `${W}:5`,
  },
  { rule: 'ungated-publish', name: 'after the tests', files: { [W]: JOBS('needs: test, ') } },
  {
    rule: 'rerun-unsafe',
    name: 'gh release create',
    files: { [W]: workflow('- run: gh release create v1') },
    finds: /a second run of .* fails: the release is there already/,
    at: `${W}:8`,
  },
  {
    rule: 'rerun-unsafe',
    name: 'actions/create-release',
    files: { [W]: workflow('- uses: actions/create-release@v1') },
    finds: /422/,
  },
  {
    rule: 'rerun-unsafe',
    name: 'PyPI',
    files: { [W]: workflow('- uses: pypa/gh-action-pypi-publish@v1') },
    finds: /PyPI has the files/,
  },
  {
    rule: 'rerun-unsafe',
    name: 'looks first',
    files: {
      [W]: workflow('- run: gh release view v1 || gh release create v1\n- run: twine upload --skip-existing dist/*'),
    },
  },
  {
    rule: 'no-concurrency',
    name: 'no group',
    files: { [W]: workflow(GORELEASER) },
    finds: /has no concurrency group/,
    at: `${W}:1`,
  },
  {
    rule: 'no-concurrency',
    name: 'it cancels',
    files: { [W]: workflow(GORELEASER, { top: 'concurrency: {group: a, cancel-in-progress: true}' }) },
    finds: /cancels a release/,
    at: `${W}:3`,
  },
  {
    rule: 'no-concurrency',
    name: 'one at a time',
    files: { [W]: workflow(GORELEASER, { top: "concurrency: {group: 'r-${{ github.ref }}'}" }) },
  },
  {
    rule: 'version-input-prefix',
    name: 'the default begins with v',
    files: {
      [W]: workflow("- uses: softprops/action-gh-release@v2\n  with: {tag_name: 'v${{ inputs.version }}'}", {
        on: '{workflow_dispatch: {inputs: {version: {default: v1.0.0}}}}',
      }),
    },
    finds: /becomes vv1\.0\.0/,
    severity: 'error',
    at: `${W}:9`,
  },
  {
    rule: 'version-input-prefix',
    name: 'no default',
    files: {
      [W]: workflow('- run: git tag "v${{ inputs.version }}"', {
        on: '{workflow_dispatch: {inputs: {version: {required: true}}}}',
      }),
    },
    finds: /vv1\.2\.3/,
    severity: 'warning',
  },
  {
    rule: 'version-input-prefix',
    name: 'the v is taken off',
    files: {
      [W]: workflow('- run: git tag "v${VERSION#v}"\n  env: {VERSION: "v${{ inputs.version }}"}', {
        on: '{workflow_dispatch: {inputs: {version: }}}',
      }),
    },
  },
  {
    rule: 'loose-tag-pattern',
    name: 'v*',
    files: { [W]: workflow(GORELEASER, { on: "{push: {tags: ['v*']}}" }) },
    finds: /also takes v1\.0\.0-test2?, |also takes v1/,
    severity: 'info',
    at: `${W}:2`,
  },
  {
    rule: 'loose-tag-pattern',
    name: 'versions only',
    files: {
      [W]: workflow(GORELEASER, { on: "{push: {tags: ['v[0-9]+.[0-9]+.[0-9]+', 'v[0-9]+.[0-9]+.[0-9]+-rc.[0-9]+']}}" }),
    },
  },
  {
    rule: 'skip-ci-tag',
    name: '[skip ci]',
    files: { [W]: workflow(GORELEASER) },
    message: 'Docs [skip ci]',
    finds: /a tag on this commit starts nothing/,
  },
  { rule: 'skip-ci-tag', name: 'no marker', files: { [W]: workflow(GORELEASER) }, message: 'Skip CI in words only' },
  {
    rule: 'many-tags-push',
    name: 'in the docs',
    files: { 'docs/release.md': '# How\n\n    git push origin --tags\n' },
    finds: /pushes every local tag/,
    at: 'docs/release.md:3',
  },
  {
    rule: 'many-tags-push',
    name: 'one tag',
    files: { 'docs/release.md': 'git push origin v1.0.0, or git push --follow-tags\n' },
  },
  {
    rule: 'multi-tag-commit',
    name: 'two versions',
    files: { [W]: workflow(GORELEASER) },
    tags: ['v1.0.0', 'v1.0.1'],
    finds: /2 version tags: v1\.0\.0, v1\.0\.1/,
  },
  {
    rule: 'multi-tag-commit',
    name: 'it is said which',
    files: { [W]: workflow(GORELEASER, { top: "env: {GORELEASER_CURRENT_TAG: '${{ github.ref_name }}'}" }) },
    tags: ['v1.0.0', 'v1.0.1'],
  },
  {
    rule: 'tag-hygiene',
    name: 'vv',
    files: {},
    tags: ['vv1.0.0'],
    finds: /begins with vv: vv1\.0\.0/,
    severity: 'warning',
  },
  {
    rule: 'tag-hygiene',
    name: 'a gap',
    files: {},
    tags: ['v1.0.0', 'v1.0.3'],
    finds: /missing between the tags: v1\.0\.1, v1\.0\.2/,
    severity: 'info',
  },
  {
    rule: 'tag-hygiene',
    name: 'on no branch',
    files: {},
    git: [
      ['checkout', '-q', '--detach'],
      ['commit', '-q', '--allow-empty', '-m', 'lost'],
      ['tag', 'v9.0.0'],
      ['checkout', '-q', 'main'],
    ],
    finds: /on no branch: v9\.0\.0/,
  },
  { rule: 'tag-hygiene', name: 'clean', files: {}, tags: ['v1.0.0', 'v1.0.1'] },
  {
    rule: 'shallow-checkout',
    name: 'depth 1',
    files: { [W]: workflow(GORELEASER.replace('  with: {fetch-depth: 0}\n', '')) },
    finds: /checks out one commit only/,
    at: `${W}:8`,
  },
  { rule: 'shallow-checkout', name: 'whole', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'shallow-checkout',
    name: 'fetched afterwards',
    files: { [W]: workflow(GORELEASER.replace('  with: {fetch-depth: 0}\n', '- run: git fetch --unshallow\n')) },
  },
  {
    rule: 'trusted-publishing',
    name: 'npm with a token',
    files: { [W]: workflow("- run: npm publish\n  env: {NODE_AUTH_TOKEN: '${{ secrets.NPM_TOKEN }}'}") },
    finds: /with the secret NPM_TOKEN/,
    at: `${W}:8`,
  },
  {
    rule: 'trusted-publishing',
    name: 'npm with an identity',
    files: { [W]: workflow('- run: npm publish', { top: 'permissions: {id-token: write}' }) },
  },
  {
    rule: 'unpinned-action',
    name: 'a tag',
    files: { [W]: workflow(GORELEASER) },
    finds: /2 actions that are not pinned/,
    at: `${W}:8`,
  },
  {
    rule: 'unpinned-action',
    name: 'a commit',
    files: { [W]: workflow(`- uses: actions/checkout@${SHA} # v4\n- uses: ./.github/actions/x\n- run: npm publish`) },
  },
  {
    rule: 'archived-action',
    name: 'actions/create-release',
    files: { [W]: workflow('- uses: actions/create-release@v1') },
    finds: /no longer kept/,
    at: `${W}:8`,
  },
  { rule: 'archived-action', name: 'one that is kept', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'floating-tool',
    name: 'latest',
    files: { [W]: workflow(GORELEASER.replace("'~> v2'", 'latest')) },
    finds: /newest GoReleaser/,
    at: `${W}:11`,
  },
  {
    rule: 'floating-tool',
    name: 'curl | sh',
    files: { [W]: workflow(`${GORELEASER}\n- run: curl -sSfL https://example.com/install.sh | sh`) },
    finds: /whatever is there that day/,
  },
  { rule: 'floating-tool', name: 'a version', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'template-injection',
    name: 'a tag name',
    files: { [W]: workflow('- run: echo ${{ github.ref_name }}') },
    finds: /github\.ref_name is pasted into the script/,
    at: `${W}:8`,
  },
  {
    rule: 'template-injection',
    name: 'the body of a release',
    files: {
      [W]: workflow('- run: echo "${{ github.event.release.body }}"', { on: '{release: {types: [published]}}' }),
    },
    finds: /release\.body/,
  },
  {
    rule: 'template-injection',
    name: 'by the environment',
    files: { [W]: workflow('- run: echo "$TAG" ${{ github.sha }}\n  env: {TAG: \'${{ github.ref_name }}\'}') },
  },
  {
    rule: 'release-cache',
    name: 'setup-go',
    files: { [W]: workflow(`- uses: actions/setup-go@v5\n${GORELEASER}`) },
    finds: /restores a cache in release/,
    at: `${W}:8`,
  },
  {
    rule: 'release-cache',
    name: 'without a cache',
    files: { [W]: workflow(`- uses: actions/setup-go@v5\n  with: {cache: false}\n${GORELEASER}`) },
  },
  {
    rule: 'broad-permissions',
    name: 'write-all',
    files: { [W]: workflow(GORELEASER, { top: 'permissions: write-all' }) },
    finds: /`write-all`/,
    at: `${W}:1`,
  },
  {
    rule: 'broad-permissions',
    name: 'not said',
    files: { [W]: workflow(GORELEASER, { top: 'env: {}' }) },
    finds: /a setting of the repository decides/,
  },
  { rule: 'broad-permissions', name: 'what it needs', files: { [W]: workflow(GORELEASER) } },
  {
    rule: 'dangling-reference',
    name: 'in the README',
    files: { 'README.md': '# x\n\nSee `.github/workflows/gone.yml`.\n' },
    finds: /gone\.yml does not exist/,
    at: 'README.md:3',
  },
  {
    rule: 'dangling-reference',
    name: 'it is there',
    files: {
      [W]: workflow(GORELEASER),
      'README.md': 'See `.github/workflows/release.yml`, and o/other/.github/workflows/x.yml@v1.\n',
    },
  },
  {
    rule: 'archive-ignored',
    name: 'archive/ is ignored',
    files: {
      '.gitignore': 'archive/\n',
      [W]: workflow(GORELEASER),
      '.github/workflows/b.yml': workflow('- run: gh release create x'),
    },
    finds: /git ignores archive/,
    at: '.gitignore:1',
  },
  {
    rule: 'archive-ignored',
    name: 'nothing to archive',
    files: { '.gitignore': 'archive/\n', [W]: workflow(GORELEASER) },
  },
  {
    rule: 'secret-name-drift',
    name: 'two names for Chocolatey',
    files: {
      [W]: workflow(
        '- run: choco push a --key ${{ secrets.CHOCO_API_KEY }}\n- run: echo ${{ secrets.CHOCOLATEY_API_KEY }}',
      ),
    },
    finds: /the secret of Chocolatey has 2 names/,
    at: `${W}:9`,
  },
  {
    rule: 'secret-name-drift',
    name: 'one name',
    files: {
      [W]: workflow('- run: choco push a --key ${{ secrets.CHOCO_API_KEY }}\n- run: b ${{ secrets.NPM_TOKEN }}'),
    },
  },
  {
    rule: 'placeholder-mismatch',
    name: 'the pattern is not there',
    files: { [W]: workflow('- run: sed -i "s/PLACEHOLDER_SHA/$SHA/" hello.rb'), 'hello.rb': 'sha256 "TODO"\n' },
    finds: /sed looks for PLACEHOLDER_SHA in hello\.rb/,
    at: `${W}:8`,
  },
  {
    rule: 'placeholder-mismatch',
    name: 'it is there',
    files: {
      [W]: workflow('- run: sed -i "s/sha256 \\".*\\"/sha256 \\"$SHA\\"/" hello.rb'),
      'hello.rb': 'sha256 "x"\n',
    },
  },
  {
    rule: 'placeholder-mismatch',
    name: 'an extended expression that fits',
    files: { [W]: workflow('- run: sed -i -E "s/v([0-9]+)\\.x/v$N/" a.txt'), 'a.txt': 'v12.x\n' },
  },
  {
    rule: 'dangling-reference',
    name: 'an example in a fenced block',
    files: { 'README.md': 'Write:\n\n```yaml\nuses: ./.github/workflows/gone.yml\n```\n' },
  },
  {
    rule: 'noop-publisher',
    name: 'only prints',
    files: { [W]: workflow('- name: Publish to Homebrew\n  run: echo "Homebrew updated"') },
    finds: /publishes nothing: it only prints/,
    at: `${W}:8`,
  },
  {
    rule: 'noop-publisher',
    name: 'really publishes',
    files: { [W]: workflow('- name: Publish to npm\n  run: npm publish') },
  },
  { rule: 'shallow-clone', name: 'a whole clone', files: { 'README.md': CONFIG } },
]
