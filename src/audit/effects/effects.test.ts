import { expect, test } from 'vitest'
import { runContexts } from '../resolve/contexts.ts'
import { parseWorkflow } from '../workflow/parse.ts'
import type { Effect } from '../model.ts'
import { effectsOfStep } from './effects.ts'

const FACTS = { repository: 'o/hello', defaultBranch: 'main' }

/** The effects of the steps of a workflow's one job, with the repository's other files. */
async function effects(steps: string, files: Record<string, string> = {}, job = ''): Promise<Effect[]> {
  const text = `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n${job}    steps:\n${steps.trim().replaceAll(/^/gm, '      ')}\n`
  const workflow = await parseWorkflow('w.yml', text)
  expect(workflow.problems).toEqual([])
  const [one] = workflow.jobs
  const contexts = runContexts(workflow, { event: 'push', ref: 'refs/tags/v1.0.0', commit: 'c' }, FACTS)
  return (one?.steps ?? []).flatMap((step) =>
    one === undefined ? [] : effectsOfStep(workflow, one, step, contexts, (path) => files[path]),
  )
}

const short = (all: Effect[]): string[] =>
  all.map((one) => [one.channel ?? one.kind, one.name ?? one.target, one.through].filter(Boolean).join(' | '))

test.each([
  ['- run: npm publish ./pkg', ['npm | ./pkg | npm publish']],
  ['- run: cd js && npm publish', ['npm | js-name | npm publish']],
  ['- {run: npm publish, working-directory: js}', ['npm | js-name | npm publish']],
  ['- run: npm publish --dry-run', []],
  ['- run: npm publish --registry https://npm.pkg.github.com', ['github-packages | npm publish']],
  ['- run: pnpm publish', ['npm | pnpm publish']],
  ['- run: python -m twine upload dist/*', ['pypi | twine upload']],
  ['- run: twine upload --repository testpypi dist/*', []],
  ['- run: docker push ghcr.io/o/x:1', ['docker | ghcr.io/o/x:1 | docker push']],
  ['- run: docker build .', []],
  ['- run: choco push hello.1.0.0.nupkg', ['chocolatey | hello | choco push']],
  ['- run: snapcraft upload hello_1.snap --release=stable', ['snap | hello | snapcraft upload']],
  ['- run: git push origin v1.0.0', ['push-tag | v1.0.0 | git push']],
  [
    '- run: git push ssh://aur@aur.archlinux.org/hello-bin.git master',
    ['aur | ssh://aur@aur.archlinux.org/hello-bin.git | git push'],
  ],
  [
    '- run: gh release create v1 a.zip',
    ['create-release | v1 | gh release create', 'upload-assets | v1 | gh release create'],
  ],
  ['- run: gh workflow run b.yml -f version=1', ['dispatch | b.yml | gh workflow run']],
  [
    '- run: "curl -X POST https://api.github.com/repos/o/x/dispatches -d \'{\\"event_type\\": \\"go\\"}\'"',
    ['dispatch | go | curl'],
  ],
  ['- run: echo npm publish', []],
  ['- run: "if ! npm publish; then exit 1; fi"', ['npm | npm publish']],
  ['- run: bash -c "npm publish"', ['npm | npm publish (in bash -c)']],
  ['- run: for f in *.nupkg; do choco push "$f"; done', ['chocolatey | choco push']],
])('%s', async (steps, expected) => {
  expect(short(await effects(steps, { 'js/package.json': '{"name": "js-name"}' }))).toEqual(expected)
})

const GORELEASER = {
  '.goreleaser.yml':
    'version: 2\nproject_name: hello\nbrews: [{name: hello}]\ndockers: [{image_templates: ["o/hello:1"]}]\n',
}
const CHANNELS = [
  'create-release | goreleaser release',
  'upload-assets | goreleaser release',
  'homebrew | hello | goreleaser release: brews',
  'docker | o/hello:1 | goreleaser release: dockers',
]

test.each([
  ['- uses: goreleaser/goreleaser-action@v6\n  with: {args: release --clean}', CHANNELS],
  ['- run: goreleaser release --clean', CHANNELS],
  ['- run: go run github.com/goreleaser/goreleaser/v2@latest release', CHANNELS],
  ['- run: docker run --rm -v "$PWD:/w" goreleaser/goreleaser:v2 release', CHANNELS],
  ['- run: curl -sfL https://goreleaser.com/static/run | bash -s -- release', CHANNELS],
  ['- run: goreleaser release --skip=homebrew,docker', CHANNELS.slice(0, 2)],
  ['- run: goreleaser release --snapshot', []],
  ['- run: goreleaser check', []],
  ['- uses: goreleaser/goreleaser-action@v6\n  with: {install-only: true}', []],
])('GoReleaser, however it is started: %s', async (steps, expected) => {
  expect(short(await effects(steps, GORELEASER))).toEqual(expected)
})

test('scripts of the repository are followed: shell, PowerShell, Python, JavaScript, make, npm, task, just', async () => {
  const files = {
    'a.sh': 'set -e\n./b.sh\n',
    'b.sh': '#!/bin/bash\nnpm publish\n',
    'c.ps1':
      '<# npm publish #>\n$files = Get-Item *.nupkg\n& choco push $files `\n  --source https://push.chocolatey.org/\nStart-Process -FilePath "npm" -ArgumentList "publish --access public"\n',
    'd.py':
      "import subprocess, os, requests\n# os.system('npm publish')\nsubprocess.run(['twine', 'upload', 'dist/x'], check=True)\nos.system(f'docker push {image}')\nrequests.post(f'https://api.github.com/repos/{repo}/releases', json={})\n",
    'e.mjs':
      "import { execSync, spawn } from 'node:child_process'\n// execSync('cargo publish')\nexecSync('npm publish')\nspawn('twine', ['upload', 'x'])\nawait $`cargo publish`\nawait fetch('https://api.github.com/repos/o/x/dispatches', { method: 'POST', body: '{\"event_type\":\"go\"}' })\n",
    Makefile: 'release: build\n\t@npm publish\nbuild:\n\tgo build\n',
    'package.json': '{"name": "root", "scripts": {"release": "cargo publish"}}',
    'Taskfile.yml':
      'tasks:\n  release:\n    deps: [pack]\n    cmds:\n      - npm publish\n      - task: more\n  pack: [choco push a.nupkg]\n  more: {cmds: [{cmd: cargo publish}]}\n',
    justfile: 'release version: build\n    @npm publish\n\nother:\n    cargo publish\n',
  }
  const of = async (run: string): Promise<string[]> => short(await effects(`- run: ${run}`, files))
  expect(await of('./a.sh')).toEqual(['npm | root | npm publish (in b.sh) (in a.sh)'])
  expect(await of('pwsh -ExecutionPolicy Bypass -File c.ps1')).toEqual([
    'chocolatey | choco push (in c.ps1)',
    'npm | root | npm publish (in c.ps1)',
  ])
  expect(await of('python3 d.py')).toEqual([
    'pypi | twine upload (in d.py)',
    'docker | {image} | docker push (in d.py)',
    'create-release | curl (in d.py)',
  ])
  expect(await of('node e.mjs')).toEqual([
    'npm | root | npm publish (in e.mjs)',
    'pypi | twine upload (in e.mjs)',
    'cargo | cargo publish (in e.mjs)',
    'dispatch | go | curl (in e.mjs)',
  ])
  expect(await of('make release')).toEqual(['npm | root | npm publish (in Makefile release)'])
  expect(await of('npm run release')).toEqual(['cargo | cargo publish (in package.json release)'])
  expect(await of('task release')).toEqual([
    'chocolatey | a | choco push (in Taskfile.yml release)',
    'npm | root | npm publish (in Taskfile.yml release)',
    'cargo | cargo publish (in Taskfile.yml release)',
  ])
  expect(await of('just release 1.0.0')).toEqual(['npm | root | npm publish (in justfile release)'])
  expect(await of('./missing.sh')).toEqual([])
})

test('scripts and actions that call themselves end', async () => {
  const files = {
    'a.sh': './a.sh\nnpm publish\n',
    'x/action.yml': 'runs: {using: composite, steps: [{uses: ./x}, {run: npm publish, shell: bash}]}\n',
  }
  expect((await effects('- run: ./a.sh', files)).length).toBeGreaterThan(0)
  expect((await effects('- uses: ./x', files)).length).toBeGreaterThan(0)
})

test('an action of the repository is followed, with its inputs', async () => {
  const files = {
    '.github/actions/publish/action.yml': `inputs: {image: {default: none}}
runs:
  using: composite
  steps:
    - {run: 'docker push \${{ inputs.image }}', shell: bash}
    - {run: ./release.ps1, shell: pwsh}
    - uses: softprops/action-gh-release@v2
`,
    'release.ps1': 'choco push a.nupkg\n',
    'js/action.yaml': 'runs: {using: node20, main: dist/index.js}\n',
    'js/dist/index.js': 'octokit.rest.repos.createRelease({ owner, repo, tag_name: tag })\n',
  }
  const found = await effects('- uses: ./.github/actions/publish\n  with: {image: ghcr.io/o/x}\n- uses: ./js', files)
  expect(short(found)).toEqual([
    'docker | ghcr.io/o/x | docker push (in .github/actions/publish/action.yml)',
    'chocolatey | a | choco push (in release.ps1) (in .github/actions/publish/action.yml)',
    'create-release | softprops/action-gh-release (in .github/actions/publish/action.yml)',
    'create-release | tag | gh release create (in js/action.yaml)',
  ])
})

test('github-script, PowerShell steps and default folders', async () => {
  expect(
    short(
      await effects(
        "- uses: actions/github-script@v7\n  with:\n    script: |\n      await github.rest.actions.createWorkflowDispatch({owner, repo, workflow_id: 'b.yml', ref})",
      ),
    ),
  ).toEqual(['dispatch | b.yml | gh workflow run (in actions/github-script)'])
  expect(
    short(
      await effects(
        '- {run: "Invoke-RestMethod -Method Post -Uri https://api.github.com/repos/o/x/releases -Body $b", shell: pwsh}',
      ),
    ),
  ).toEqual(['create-release | curl'])
  const folder = '    defaults: {run: {working-directory: js}}\n'
  expect(short(await effects('- run: npm publish', { 'js/package.json': '{"name":"n"}' }, folder))).toEqual([
    'npm | n | npm publish',
  ])
})

test('the token that a step speaks with decides what follows', async () => {
  const token = async (steps: string): Promise<string | undefined> => (await effects(steps)).at(-1)?.token
  expect(await token('- uses: softprops/action-gh-release@v2')).toBe('GITHUB_TOKEN')
  expect(await token("- uses: softprops/action-gh-release@v2\n  with: {token: '${{ secrets.PAT }}'}")).toBe('PAT')
  expect(
    await token("- run: gh release create v1\n  env: {GH_TOKEN: '${{ github.token }}', NPM: '${{ secrets.NPM }}'}"),
  ).toBe('GITHUB_TOKEN')
  expect(await token("- run: gh release create v1\n  env: {GH_TOKEN: '${{ steps.app.outputs.token }}'}")).toBe(
    '${{ steps.app.outputs.token }}',
  )
  expect(
    await token(
      "- uses: actions/checkout@v4\n  with: {ssh-key: '${{ secrets.DEPLOY }}'}\n- run: git push origin v1.0.0",
    ),
  ).toBe('DEPLOY')
  expect(await token('- uses: actions/checkout@v4\n- run: git push origin v1.0.0')).toBe('GITHUB_TOKEN')
})

test('the place of an effect is the line of its command', async () => {
  const found = await effects('- name: x\n  run: |\n    set -e\n\n    npm publish\n- run: cargo publish')
  expect(found.map((one) => one.where.line)).toEqual([10, 11])
})
