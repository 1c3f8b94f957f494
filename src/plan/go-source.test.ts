import { describe, expect, it } from 'vitest'
import { findMains, hasMain, moduleOf, type ProjectFiles } from './go-source.ts'

describe('hasMain', () => {
  it.each([
    'package main\nfunc main() {}',
    '// x\npackage main\n\nfunc  main ( ) {\n}',
    'package main; import "a//b"\nfunc main() {}',
    "package main\nvar r = '\"'\nfunc main() {}",
  ])('finds it in %j', (text) => expect(hasMain(text)).toBe(true))

  it.each([
    'package main\n// func main() {}',
    'package main\n/*\nfunc main() {}\n*/',
    'package main\nvar s = `\nfunc main() {}\n`',
    'package main\nfunc (t T) main() {}',
    'package main\nfunc mainly() {}',
  ])('finds none in %j', (text) => expect(hasMain(text)).toBe(false))
})

it.each([
  ['module example.org/hello\n', 'example.org/hello'],
  ['// x\nmodule "a.b/c" // d\ngo 1.24', 'a.b/c'],
  ['go 1.24', ''],
])('moduleOf %j', (text, name) => expect(moduleOf(text)).toBe(name))

function filesOf(tree: Record<string, string>): ProjectFiles {
  const clean = (path: string): string => path.replace(/^\.\/?/, '')
  return {
    read: (path) => tree[clean(path)],
    bytes: (path) => Buffer.from(tree[path] ?? ''),
    list: (path) => {
      const prefix = clean(path) === '' ? '' : `${clean(path)}/`
      const below = Object.keys(tree).filter((one) => one.startsWith(prefix))
      const parts = below.map((one) => one.slice(prefix.length).split('/'))
      const entries = new Map(parts.map(([name = '', ...rest]) => [name, rest.length > 0]))
      return [...entries].map(([name, folder]) => ({ name, folder }))
    },
  }
}

describe('findMains', () => {
  const main = 'package main\nfunc main() {}'
  const tree = {
    'go.mod': 'module example.org/hello/v2\n',
    'main.go': main,
    'cmd/a/main.go': main,
    'cmd/b/other.go': 'package main\n',
    'cmd/b/main.go': main,
    'cmd/test/main_test.go': main,
    'cmd/gen/gen.go': '//go:build ignore\n\npackage main\nfunc main() {}',
    'vendor/x/main.go': main,
    '_old/main.go': main,
    'testdata/main.go': main,
    'nested/go.mod': 'module x',
    'nested/main.go': main,
    'lib/lib.go': 'package lib\nfunc main() {}',
  }

  it('finds what `go list` would', () => {
    expect(Object.fromEntries(findMains(filesOf(tree), '.', './...'))).toEqual({
      hello: '.',
      a: './cmd/a',
      b: './cmd/b',
    })
    expect(Object.fromEntries(findMains(filesOf(tree), '.', './cmd/...'))).toEqual({ a: './cmd/a', b: './cmd/b' })
  })
})
