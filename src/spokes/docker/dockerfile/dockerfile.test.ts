import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DockerfileFault } from './fault.ts'
import { FileTree } from './file-tree.ts'
import { dockerIgnore } from './ignore.ts'
import { interpret } from './interpret.ts'
import type { InterpretInput, Recipe } from './interpret.ts'
import { parseDockerfile } from './parse.ts'
import { parsePlatform, platformText } from './platform.ts'
import { expand } from './words.ts'

/** A context with these files. */
function context(...paths: string[]): FileTree {
  const tree = new FileTree()
  for (const path of paths) {
    const parts = path.split('/')
    for (let count = 1; count < parts.length; count++) {
      tree.set(parts.slice(0, count).join('/'), { type: 'directory', uid: 0, gid: 0, mode: 0o755 })
    }
    tree.set(path, { type: 'file', uid: 0, gid: 0, mode: 0o755, source: { from: 'context', path } })
  }
  return tree
}

function run(source: string, input: Partial<InterpretInput> = {}): Recipe {
  return interpret(parseDockerfile('Dockerfile', source), {
    platform: { os: 'linux', architecture: 'amd64' },
    args: {},
    context: context('hello', 'LICENSE', 'linux/amd64/hello', 'docs/a.md', 'docs/sub/b.md'),
    base: (_, platform) => ({
      config: { ...platform, config: { Env: ['PATH=/bin'], Cmd: ['sh'] }, rootfs: { type: 'layers', diff_ids: [] } },
      tree: new FileTree([
        ['bin', { type: 'symlink', uid: 0, gid: 0, mode: 0o777, target: 'usr/bin' }],
        ['usr', { type: 'directory', uid: 0, gid: 0, mode: 0o755 }],
        ['usr/bin', { type: 'directory', uid: 0, gid: 0, mode: 0o755 }],
        [
          'usr/bin/tool',
          {
            type: 'file',
            uid: 0,
            gid: 0,
            mode: 0o755,
            source: { from: 'layer', digest: 'sha256:1', member: 'usr/bin/tool' },
          },
        ],
        ['tmp', { type: 'directory', uid: 0, gid: 0, mode: 0o1777 }],
      ]),
      passwd: 'root:x:0:0::/:/bin/sh\napp:x:1000:1001::/:/bin/sh',
      group: 'crew:x:1002:',
    }),
    ...input,
  })
}

const layers = (recipe: Recipe): string[][] => recipe.layers.map((one) => [...one.nodes.keys()].toSorted())

function fault(source: string, input: Partial<InterpretInput> = {}): string {
  try {
    run(source, input)
  } catch (error) {
    if (error instanceof DockerfileFault)
      return `${error.place.line}:${error.place.column} ${error.diagnostics[0]?.message ?? ''}`
    throw error
  }
  return 'no fault'
}

describe('what a Dockerfile copies', () => {
  it.each([
    ['a file to a new name', 'COPY hello /app', [['app']]],
    ['a file into a folder, with a slash', 'COPY hello /app/', [['app', 'app/hello']]],
    ['what is in a folder, not the folder', 'COPY docs /d', [['d', 'd/a.md', 'd/sub', 'd/sub/b.md']]],
    ['what a pattern fits, not across slashes', 'COPY docs/*.md /d/', [['d', 'd/a.md']]],
    ['the exec form, with blanks', 'COPY ["hello", "/a b"]', [['a b']]],
    ['relative to WORKDIR, which is made', 'WORKDIR /w\nCOPY hello LICENSE ./', [['w'], ['w/LICENSE', 'w/hello']]],
    ['by an argument of the platform', 'ARG TARGETPLATFORM\nCOPY $TARGETPLATFORM/hello /', [['hello']]],
    ['a text of its own', 'COPY <<EOF /etc/motd\nhi\nEOF', [['etc', 'etc/motd']]],
    [
      'all of it without what is excluded',
      'COPY --exclude=docs --exclude=linux . /x/',
      [['x', 'x/LICENSE', 'x/hello']],
    ],
  ])('%s', (_, text, want) => {
    expect(layers(run(`FROM scratch\n${text}\n`))).toEqual(want)
  })

  it('through links of the base, into folders that keep their modes', () => {
    expect(layers(run('FROM alpine\nCOPY hello /bin/\nCOPY hello /tmp\n'))).toEqual([['usr/bin/hello'], ['tmp/hello']])
  })

  it('out of an image and another stage', () => {
    const source =
      'FROM alpine AS tools\nCOPY hello /made/\nFROM scratch\nCOPY --from=tools /bin/tool /made/hello /x/\nCOPY --from=busybox /bin/tool /y\n'
    expect(layers(run(source))).toEqual([['x', 'x/hello', 'x/tool'], ['y']])
  })

  it('with an owner by name and by number', () => {
    const owners = (flag: string): unknown => {
      const node = run(`FROM alpine\nCOPY --chown=${flag} hello /x\n`).layers[0]?.nodes.get('x')
      return [node?.uid, node?.gid]
    }
    expect(['app', 'app:crew', '7', '7:8'].map(owners)).toEqual([
      [1000, 1001],
      [1000, 1002],
      [7, 7],
      [7, 8],
    ])
  })
})

describe('what is wrong is told with its line and column', () => {
  it.each([
    ['', '1:1 there is no FROM'],
    ['COPY a b\n', '1:1 COPY stands before the first FROM'],
    ['FROM scratch\n\n  COPYY a b\n', '3:3 "COPYY" is no instruction'],
    [
      'FROM scratch\nCOPY hello \\\n  # a comment\n  missing /x/\n',
      '4:3 there is no missing in the build context, which holds LICENSE, docs/a.md, docs/sub/b.md, hello, linux/amd64/hello',
    ],
    ['FROM scratch\nCOPY --chwon=1 hello /\n', '2:6 COPY has no flag --chwon'],
    ['FROM scratch\nCOPY hello\n', '2:1 COPY needs what to copy, and where to'],
    ['FROM scratch\nCOPY hello LICENSE /x\n', '2:20 /x has to be a folder, since more than one file goes there'],
    ['FROM scratch\nRUN true\n', '2:1 RUN needs a program that runs containers, and images are made here without one'],
    ['FROM scratch\nEXPOSE 80 99999\n', '2:11 99999 is no port'],
    ['FROM scratch\nENV A=1 B\n', '2:9 B is not written KEY=value'],
    ['FROM scratch\nENV A="1\n', '2:7 the " has no end'],
    [
      'FROM scratch\nADD https://example.org/x /\n',
      '2:5 ADD of https://example.org/x would depend on what lies there, and is not carried out',
    ],
    ['FROM alpine\nCOPY --chown=nobody hello /\n', '2:6 the image has no user nobody'],
    ['FROM $NOTHING\n', '1:6 $NOTHING comes out empty'],
    ['FROM scratch\nCOPY --from=2 a b\n', '2:6 there is no stage 2 before this one'],
    ['FROM scratch\nCOPY <<EOF /x\nhi\n', '2:1 the heredoc EOF has no end'],
    ['# escape=x\nFROM scratch\n', '1:1 escape can be \\ or `, not x'],
    ['FROM scratch\nCOPY ${A:?give-it} /\n', '2:6 A: give-it'],
    ['FROM --platform=nowhere scratch\n', '1:6 "nowhere" is no platform'],
  ])('%j', (source, want) => {
    expect(fault(source)).toBe(want)
  })

  it('a RUN of a stage that nothing needs is none', () => {
    expect(fault('FROM golang AS build\nRUN go build\nFROM scratch\nCOPY hello /\n')).toBe('no fault')
    expect(fault('FROM scratch AS a\nRUN x\nFROM scratch\nCOPY --from=a /x /\n')).toMatch(/^2:1 RUN/)
  })
})

describe('the config', () => {
  it('has ports of a range, shells and commands as BuildKit writes them', () => {
    const { config } = run('FROM alpine\nEXPOSE 8000-8001/udp\nSHELL ["/bin/ash", "-c"]\nENTRYPOINT hello  --x\n')
    expect(config).toEqual({
      Env: ['PATH=/bin'],
      ExposedPorts: { '8000/udp': {}, '8001/udp': {} },
      Shell: ['/bin/ash', '-c'],
      Entrypoint: ['/bin/ash', '-c', 'hello  --x'],
    })
  })

  it('takes arguments where they are asked for, and ENV over ARG', () => {
    const source =
      'ARG BASE=x\nARG V=outer\nFROM scratch\nLABEL none=$V\nARG V\nARG W=${V}-w\nENV E=env\nARG E=arg\nLABEL v=$V w=$W e=$E\n'
    const labels = (args: Record<string, string>): unknown => run(source, { args }).config.Labels
    expect(labels({})).toEqual({ none: '', v: 'outer', w: 'outer-w', e: 'env' })
    expect(labels({ V: 'given' })).toEqual({ none: '', v: 'given', w: 'given-w', e: 'env' })
  })

  it('knows the platform, with a variant', () => {
    const source =
      'FROM scratch\nARG TARGETVARIANT TARGETOS TARGETARCH TARGETPLATFORM\nLABEL p=$TARGETPLATFORM v=$TARGETOS-$TARGETARCH-$TARGETVARIANT\n'
    expect(run(source, { platform: parsePlatform('linux/arm')! }).config.Labels).toEqual({
      p: 'linux/arm/v7',
      v: 'linux-arm-v7',
    })
    expect(platformText(parsePlatform('linux/aarch64/v8')!)).toBe('linux/arm64')
  })
})

describe('words', () => {
  it.each([
    ['"a $X" b', 'a 1 b'],
    ["'a $X'", 'a $X'],
    [String.raw`\$X "\$X" "a\b"`, String.raw`$X $X a\b`],
    ['${X:-d} ${Y:-d$X} ${Y-e} ${E-e} ${E:-f}', '1 d1 e  f'],
    ['${X:+s} ${Y:+s}', 's '],
    ['${P#*/} ${P##*/} ${P%/*} ${P%%/*} ${P/b/-}', 'b/c c a/b a a/-/c'],
    ['$ a$', '$ a$'],
  ])('%s', (raw, want) => {
    const values: Record<string, string> = { X: '1', E: '', P: 'a/b/c' }
    expect(expand(raw, (name) => values[name], '\\')).toBe(want)
  })

  it('a quoted value comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const quoted = `"${value.replaceAll(/["\\$]/g, (char) => `\\${char}`)}"`
        expect(expand(quoted, () => 'never', '\\')).toBe(value)
      }),
    )
  })
})

describe('any text', () => {
  const piece = fc.constantFrom(
    'FROM scratch',
    'FROM a AS b',
    'COPY',
    'COPY --from=b',
    'hello',
    '/x/',
    '\\',
    '\n',
    ' ',
    '"',
    "'",
    '$',
    '${',
    '}',
    '<<EOF',
    'EOF',
    '#',
    'ENV A=1',
    '[',
    ']',
    '["a"]',
    'ARG V',
    '--',
    'LABEL',
    'HEALTHCHECK CMD x',
    '\t',
    'WORKDIR ..',
    ':',
    '%%',
    '*',
  )
  it('is read, or refused with a place in it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const source = `FROM scratch\n${pieces.join('')}`
        const told = fault(source)
        const [, line = '1', column = '1'] = /^(\d+):(\d+) /.exec(told) ?? []
        const text = source.split('\n')[Number(line) - 1] ?? ''
        expect([told, Number(line) > 0, Number(column) <= text.length + 2]).toEqual([told, true, true])
      }),
      { numRuns: 2000 },
    )
  })

  it('split over lines, an instruction means the same', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9/]{1,8}$/), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(
        words,
        fc.infiniteStream(fc.constantFrom(' ', ' \\\n', ' \\  \n# note\n', '\\\n\n ')),
        (values, gaps) => {
          const text = values.map((value, at) => `${[...gaps.take(1)][0] ?? ' '}k${at}=${value}`).join('')
          const want = Object.fromEntries(values.map((value, at) => [`k${at}`, value]))
          expect(
            run(`FROM scratch\nLABEL ${text.trimStart().replace(/^\\[ ]*\n(# note\n|\n)?/, '')}\n`).config.Labels,
          ).toEqual(want)
        },
      ),
    )
  })
})

it('.dockerignore: the last rule that fits counts, and folders take what is in them', () => {
  const ignored = dockerIgnore('# c\n*.md\n!README.md\n**/temp?\n/docs/\n!docs/keep\n')
  const paths = ['a.md', 'README.md', 'x/a.md', 'temp1', 'a/b/tempX', 'docs/a', 'docs/keep/b', 'src/docs']
  expect(paths.filter(ignored)).toEqual(['a.md', 'temp1', 'a/b/tempX', 'docs/a'])
})
