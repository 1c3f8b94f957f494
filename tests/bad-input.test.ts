import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempFolder } from '../src/core/temp.ts'
import { run } from '../src/external/process.ts'
import type { TestRepository } from '../src/source/test-repository.ts'
import { PROGRAM, type Ran, type RunSettings, tagonce } from './support/program.ts'
import { SMALL_CONFIG, smallProject } from './support/project.ts'
import { namespace, tool } from './support/tools.ts'

const old = ['/usr/bin/node', '/usr/bin/nodejs'].find((one) => existsSync(one))
const version = old === undefined ? '' : (await run([old, '--version'])).stdout.trim()
const isOld = /^v(\d|1\d|20|21|22\.\d|22\.1[01])\./.test(version)
if (!isOld) console.warn('skipped: this machine has no Node older than 22.12')
const mounts = await namespace('-m')
const TAP = { TAP_GITHUB_TOKEN: 'ghp_ofAcmeForTests' }
const GO_CONFIG = `version: 2
project_name: hello
builds: [{ env: [CGO_ENABLED=0], targets: [linux_amd64, darwin_arm64], flags: [-trimpath] }]
release: { github: { owner: acme, name: hello } }
`
const GO = {
  '.goreleaser.yaml': GO_CONFIG,
  'tagonce.yaml': undefined,
  'go.mod': 'module example.com/hello\n\ngo 1.21\n',
  'main.go': 'package main\n\nfunc main() {}\n',
}

interface Case {
  /** What is wrong. */
  name: string
  files?: Record<string, string | undefined>
  /** Makes it wrong, after the commit and the tag. */
  spoil?: (project: TestRepository) => Promise<unknown>
  /** `release --skip publish` unless set. */
  args?: string[]
  env?: Record<string, string>
  code: number
  /** On stderr, each; the last is the last line but the mend. */
  says: (string | RegExp)[]
  /** What dist holds afterwards; there is none unless set. */
  dist?: string[]
}

const small = (text: string): Record<string, string> => ({ '.goreleaser.yaml': `${SMALL_CONFIG}${text}` })

const CASES: Case[] = [
  {
    name: 'no config',
    files: { '.goreleaser.yaml': undefined },
    code: 1,
    says: ['✖ there is no `.goreleaser.yaml` in this folder', 'mend: '],
  },
  {
    name: 'an empty config',
    files: { ...GO, '.goreleaser.yaml': '' },
    spoil: (project) => project.git('remote', 'remove', 'origin'),
    args: ['release'],
    code: 1,
    says: [
      '.goreleaser.yaml:1:1 warning the config is empty',
      'error where to release is not known: git has no remote',
    ],
  },
  {
    name: 'not a git repository',
    spoil: (project) => rm(join(project.path, '.git'), { recursive: true }),
    code: 1,
    says: [/✖ .*project is not a git repository\n {2}mend: run it in the root of your project/],
  },
  {
    name: 'a dirty tree',
    spoil: (project) => writeFile(join(project.path, 'LICENSE'), 'other\n'),
    code: 1,
    says: ['error the working tree has changes that the tag does not have:\n   M LICENSE [dirty-tree]\n  mend: commit'],
  },
  {
    name: 'a tag that is no version',
    spoil: async (project) => {
      await project.git('tag', '-d', 'v1.2.3')
      await project.git('tag', 'nightly')
    },
    code: 1,
    says: ['error the tag nightly is not a semantic version [tag-not-a-version]\n  mend: tag the commit'],
  },
  {
    name: 'HEAD that is not at the tag',
    spoil: (project) => project.commit('feat: later'),
    code: 1,
    says: [/error the tag v1\.2\.3 is on commit [0-9a-f]{7}, but HEAD is [0-9a-f]{7} \[tag-elsewhere\]\n {2}mend: git/],
  },
  {
    name: 'a compile error',
    files: { ...GO, 'main.go': 'package main\n\nfunc main() { undefined(1) }\n' },
    code: 1,
    says: [
      './main.go:3:15: undefined: undefined\n',
      /✖ building hello for (linux|darwin)\/\S+ \S+ failed\n {2}mend: it was: go build/,
    ],
    // What exists is told: nothing. Folders of builds that were begun are empty.
    dist: ['artifacts.json', 'config.yaml', 'metadata.json'],
  },
  {
    name: 'duplicate archive names',
    files: { '.goreleaser.yaml': SMALL_CONFIG.replace('_{{ .Os }}_{{ .Arch }}"\nchecksum', '"\nchecksum') },
    code: 1,
    says: [
      /\.goreleaser\.yaml:8:20 error two files of the release would be named hello_1\.2\.3\.tar\.gz \[duplicate-name\]/,
    ],
  },
  {
    name: 'a template that can not be read',
    files: small('metadata: { mod_timestamp: "{{ .Date" }\n'),
    code: 1,
    says: [
      /\.goreleaser\.yaml:23:29 error the template of .* this \{\{ is never closed by \}\} \[template-syntax\]/,
      'metadata: { mod_timestamp: "{{ .Date" }\n',
    ],
  },
  {
    name: 'a template with a field that there is not',
    files: { '.goreleaser.yaml': SMALL_CONFIG.replace('{{ .ProjectName }}_', '{{ .ProjectNam }}_') },
    code: 1,
    says: [/\.goreleaser\.yaml:8:24 error the template of archives\[0\]\.name_template: there is no \.ProjectNam here/],
  },
  {
    name: 'an unknown key',
    files: small('achives: []\n'),
    code: 1,
    says: [
      '.goreleaser.yaml:23:1 error unknown key `achives` at the top of the config [unknown-key]\n  23 │ achives: []\n     │ ^^^^^^^\n  mend: did you mean `archives`?',
    ],
  },
  {
    name: 'a wrong type, and an unknown key: both at once',
    files: small('snapshot: [x]\nmetdata: {}\n'),
    code: 1,
    says: [
      '.goreleaser.yaml:23:11 error `snapshot` must be a mapping',
      '.goreleaser.yaml:24:1 error unknown key `metdata`',
    ],
  },
  {
    name: 'a hostile project name: a path',
    files: { '.goreleaser.yaml': SMALL_CONFIG.replace('project_name: hello', 'project_name: ../x') },
    code: 1,
    says: ['.goreleaser.yaml:2:15 error the project’s name "../x" would be a path [project-name]'],
  },
  {
    name: 'a hostile project name: a command',
    files: { '.goreleaser.yaml': SMALL_CONFIG.replace('project_name: hello', 'project_name: "; rm -rf ~ #"') },
    code: 1,
    says: ['.goreleaser.yaml:2:15 error the project’s name "; rm -rf ~ #" has ";"'],
  },
  {
    name: 'a hostile dist: outside of the project',
    files: small('dist: ../../outside\n'),
    code: 1,
    says: [
      '.goreleaser.yaml:23:7 error dist must be a folder below that of the project, not "../../outside" [leaves-root]',
    ],
  },
  {
    name: 'a key that is known, but not carried out yet',
    files: small('iru: { name: a }\n'),
    args: ['release'],
    code: 1,
    says: [
      '.goreleaser.yaml:23:1 error `iru` is not carried out yet; a release stops here [not-built]',
      'mend: leave it out, or pass over it with --skip=iru',
    ],
  },
  {
    name: 'credentials that are not set: all at once, before anything is built',
    args: ['release'],
    env: { TAP_GITHUB_TOKEN: '' },
    code: 1,
    says: [
      'error GITHUB_TOKEN is not set; it is needed by the hub acme/hello [missing-credential]',
      /error NPM_TOKEN is not set; it is needed by npm @acme\/hello, npm @acme\/hello-download/,
      'error TAP_GITHUB_TOKEN is not set',
    ],
  },
  {
    name: 'a file named dist',
    files: { '.gitignore': undefined, dist: 'a file\n' },
    code: 1,
    says: ['✖ dist is not a folder\n  mend: '],
  },
  {
    name: 'a dist that is not empty',
    spoil: async (project) => {
      await mkdir(join(project.path, 'dist'))
      await writeFile(join(project.path, 'dist', 'mine'), 'mine\n')
    },
    code: 64,
    says: ['✖ dist is not empty\n  mend: add --clean to empty it first'],
    dist: ['mine'],
  },
  {
    name: 'a prebuilt binary that is not there',
    spoil: (project) =>
      project
        .git('rm', '-q', 'bin/hello_darwin_arm64')
        .then(() => project.commit('fix: gone'))
        .then(() => project.git('tag', '-f', 'v1.2.3')),
    code: 1,
    says: ['error the prebuilt binary for darwin/arm64 v8.0, bin/hello_darwin_arm64, does not exist'],
    dist: ['artifacts.json', 'config.yaml', 'metadata.json'],
  },
  {
    name: 'a command that there is not',
    args: ['relaese'],
    code: 64,
    says: ["unknown command 'relaese'", 'Did you mean release?'],
  },
  {
    name: 'a tag to rehearse that can not be one',
    args: ['rehearse', '--as', 'x y'],
    code: 64,
    says: ['✖ x y cannot be a tag'],
  },
]

describe('bad input: one clear message, no stack trace, nothing half done', () => {
  test.each(CASES)('$name', async ({ files, spoil, args, env, code, says, dist }) => {
    await using folder = await tempFolder('bad')
    const project = await smallProject(join(folder.path, 'project'), { 'README.md': '', ...files })
    await spoil?.(project)
    const before = await project.git('status', '--porcelain').catch(() => '')
    const own = join(folder.path, 'tmp')
    await mkdir(own)
    const settings = { cwd: project.path, env: { TMPDIR: own, GIT_CEILING_DIRECTORIES: folder.path, ...TAP, ...env } }
    const ran = await tagonce(args ?? ['release', '--skip', 'publish'], settings)
    expect({ code: ran.code, all: ran.all }).toMatchObject({ code })
    const unsaid = says.filter((one) => (typeof one === 'string' ? !ran.stderr.includes(one) : !one.test(ran.stderr)))
    expect({ unsaid, stderr: ran.stderr }).toMatchObject({ unsaid: [] })
    expectNoStack(ran)
    // Nothing was left but what is said: neither in the project, nor beside it, nor in the folder for temporary files.
    expect(await project.git('status', '--porcelain').catch(() => '')).toBe(before)
    expect((await readdir(folder.path)).toSorted()).toEqual(['project', 'tmp'])
    expect((await readdir(own)).filter((name) => /^tagonce-(?!rehearsal-)/.test(name))).toEqual([])
    const there = await readdir(join(project.path, 'dist'), { recursive: true, withFileTypes: true }).catch(() => [])
    expect(
      there
        .filter((one) => one.isFile())
        .map((one) => one.name)
        .toSorted(),
    ).toEqual(dist ?? [])
  })

  test('two configs: a warning that names the one that is not read', async () => {
    await using folder = await tempFolder('bad')
    const project = await smallProject(join(folder.path, 'project'), { 'goreleaser.yml': SMALL_CONFIG })
    const ran = await tagonce(['release', '--skip', 'publish'], { cwd: project.path, env: TAP })
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain(
      'goreleaser.yml:1:1 warning `goreleaser.yml` is not read: `.goreleaser.yaml` comes before it',
    )
  })

  test('a key that is not carried out yet is passed over by name, and that is said', async () => {
    await using folder = await tempFolder('bad')
    const project = await smallProject(join(folder.path, 'project'), small('iru: { name: a }\n'))
    const args = ['release', '--skip', 'publish,iru']
    const ran = await tagonce(args, { cwd: project.path, env: TAP })
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain('info `iru` is passed over')
    expect(ran.stderr).not.toContain('--skip=iru')
  })

  test('no go on the PATH: said before anything is made', async () => {
    await using folder = await tempFolder('bad')
    const project = await smallProject(join(folder.path, 'project'), GO)
    const path = join(folder.path, 'path')
    await mkdir(path)
    for (const name of ['git', 'sh']) await symlink(tool(name) ?? '', join(path, name))
    const ran = await tagonce(['release', '--skip', 'publish'], { cwd: project.path, env: { PATH: path } })
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toContain('go is not on the PATH; the binaries can’t be built')
    expect(ran.stderr).toContain('mend: install Go from https://go.dev/dl/')
    expectNoStack(ran)
    expect(existsSync(join(project.path, 'dist'))).toBe(false)
  })

  test.skipIf(mounts === undefined)('a full disk: what failed and how to mend it; no half-written file', async () => {
    await using folder = await tempFolder('bad')
    const noise = randomBytes(300_000)
    const project = await smallProject(join(folder.path, 'project'))
    for (const name of ['linux_amd64', 'darwin_arm64']) {
      await writeFile(join(project.path, 'bin', `hello_${name}`), noise)
    }
    await project.commit('feat: bigger')
    await project.git('tag', '-f', 'v1.2.3')
    await mkdir(join(project.path, 'dist'))
    const kept = join(folder.path, 'kept')
    // Two binaries find their place, an archive does not.
    const script = `mount -t tmpfs -o size=800k none dist && "$@"; code=$?; cp -r dist "$KEPT"; exit $code`
    const wrap = [...(mounts ?? []), 'sh', '-c', script, 'sh']
    const settings: RunSettings = { cwd: project.path, wrap, env: { ...TAP, KEPT: kept } }
    const ran = await tagonce(['release', '--skip', 'publish'], settings)
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toMatch(
      /✖ dist\/hello_1\.2\.3_\w+\.tar\.gz could not be written: the disk is full\n {2}mend: free some space/,
    )
    expectNoStack(ran)
    const left = await readdir(kept, { recursive: true, withFileTypes: true })
    const names = left.filter((one) => one.isFile()).map((one) => one.name)
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([])
    const listed = JSON.parse(await readFile(join(kept, 'artifacts.json'), 'utf8')) as { name: string; type: string }[]
    expect(
      listed
        .filter((one) => one.type === 'Archive')
        .map((one) => one.name)
        .toSorted(),
    ).toEqual(names.filter((name) => name.endsWith('.tar.gz')).toSorted())
  })

  test('a folder that this user may not write in', async () => {
    await using folder = await tempFolder('bad')
    const project = await smallProject(join(folder.path, 'project'))
    const root = process.getuid?.() === 0
    if (root && tool('setpriv') === undefined) return
    await run(['chmod', '-R', 'a+rX,a-w', folder.path])
    await chmod(folder.path, 0o755)
    const wrap = root ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []
    const trust = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' }
    const env = { ...TAP, ...trust, HOME: '/nonexistent', NODE_COMPILE_CACHE: undefined }
    const ran = await tagonce(['release', '--skip', 'publish'], { cwd: project.path, wrap, env })
    await run(['chmod', '-R', 'u+w', folder.path])
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toMatch(/✖ dist can’t be written \((EACCES|EROFS)\)\n {2}mend: check who owns it/)
    expectNoStack(ran)
    expect(existsSync(join(project.path, 'dist'))).toBe(false)
  })

  test.skipIf(!isOld)('a Node that is too old: one line', async () => {
    const { code, stdout, stderr } = await run([old ?? '', PROGRAM, 'rehearse'])
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `tagonce needs Node 22.12 or later; this is Node ${version.slice(1)}\n`,
    })
  })

  test('a token in the environment is never shown, in whatever form a hook prints it', async () => {
    await using folder = await tempFolder('bad')
    const token = 'ghp_never/Shown+Twice='
    const print = [
      'console.log(process.env.MY_TOKEN)',
      'console.log(encodeURIComponent(process.env.MY_TOKEN))',
      "console.log(Buffer.from('x-access-token:' + process.env.MY_TOKEN).toString('base64'))",
      'console.log(JSON.stringify(process.env))',
      'process.exit(3)',
    ]
    const project = await smallProject(join(folder.path, 'project'), {
      ...small('before: { hooks: [{ cmd: node print.js, output: true }] }\n'),
      'print.js': print.join('\n'),
    })
    const hidden = [token, encodeURIComponent(token), 'never', Buffer.from(token).toString('base64').slice(4, -4)]
    for (const flags of [[], ['--json']]) {
      const args = [...flags, 'release', '--skip', 'publish', '--clean']
      const ran = await tagonce(args, { cwd: project.path, env: { ...TAP, MY_TOKEN: token } })
      expect(ran.code).toBe(1)
      expect(ran.stderr).toContain('the hook `node print.js` failed with status 3')
      expect(ran.all.split('***').length).toBeGreaterThan(4)
      expect(hidden.filter((one) => ran.all.includes(one))).toEqual([])
      const dist = join(project.path, 'dist')
      for (const name of await readdir(dist)) {
        const text = await readFile(join(dist, name), 'utf8')
        expect(hidden.filter((one) => text.includes(one))).toEqual([])
      }
    }
  })

  test('a token that a config would publish stops the release', async () => {
    await using folder = await tempFolder('bad')
    const config = SMALL_CONFIG.replace('description: Greets', 'description: "{{ .Env.MY_TOKEN }}"')
    const project = await smallProject(join(folder.path, 'project'), { '.goreleaser.yaml': config })
    const env = { ...TAP, MY_TOKEN: 'ghp_never/Shown+Twice=' }
    const ran = await tagonce(['release', '--skip', 'publish'], { cwd: project.path, env })
    expect(ran).toMatchObject({ code: 1 })
    expect(ran.stderr).toMatch(/✖ tagonce\.json would hold a secret at \S*description/)
    expect(ran.all).not.toContain('Shown')
    expect(existsSync(join(project.path, 'dist', 'tagonce.json'))).toBe(false)
  })
})

function expectNoStack({ all }: Ran): void {
  expect(all).not.toMatch(/^\s+at .+:\d+:\d+\)?$|node:internal|TagonceError|UnhandledPromise|undefined reading/m)
}
