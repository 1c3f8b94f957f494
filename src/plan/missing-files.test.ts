import { expect, test } from 'vitest'
import { planOf, told } from './test-plan.ts'

const config = (more: string): string =>
  `version: 2\nproject_name: hello\nbuilds: [{ targets: [linux_amd64]${more} }]\narchives:\n  - files:\n      - man/x.1\n      - dist/y\n      - docs/*\n      - go.mod\n      - { src: lib }\n`
const tree = { 'lib/a': 'x' }

test('a named file that is not there is told with its place, once, before anything is built', async () => {
  expect(told(await planOf(config(''), { tree }))).toEqual([
    '6:9 missing-file man/x.1 does not exist, and no hook could make it',
  ])
  expect(told(await planOf(config(''), { tree: { ...tree, 'man/x.1': 'x' } }))).toEqual([])
})

test('a hook may make it', async () => {
  expect(told(await planOf(config(', hooks: { post: make man }'), { tree }))).toEqual([])
  expect(told(await planOf(`${config('')}before: { hooks: [make man] }\n`, { tree }))).toEqual([])
  expect(told(await planOf(`${config('')}    hooks: { before: [make man] }\n`, { tree }))).toEqual([])
})
