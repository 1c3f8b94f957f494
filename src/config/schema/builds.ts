import { buildHooks, ids } from './common.ts'
import {
  choice,
  deprecated,
  flag,
  flagOrTemplate,
  list,
  listOrOne,
  object,
  pro,
  template,
  text,
  words,
} from './kinds.ts'

const platform = {
  goos: template,
  goarch: template,
  goamd64: template,
  go386: template,
  goarm: template,
  goarm64: template,
  gomips: template,
  goppc64: template,
  goriscv64: template,
}

const details = {
  buildmode: choice('c-archive', 'c-shared', 'pie', 'wheel', 'sdist', ''),
  ldflags: listOrOne(template),
  tags: words(template),
  flags: words(template),
  asmflags: listOrOne(template),
  gcflags: listOrOne(template),
  env: list(template),
}

export const build = object({
  id: text,
  goos: list(template),
  goarch: list(template),
  goamd64: list(template),
  go386: list(template),
  goarm: list(template),
  goarm64: list(template),
  gomips: list(template),
  goppc64: list(template),
  goriscv64: list(template),
  targets: list(template),
  ignore: list(object(platform)),
  dir: template,
  main: template,
  binary: template,
  hooks: buildHooks,
  builder: choice('', 'go', 'rust', 'zig', 'bun', 'deno', 'node', 'uv', 'poetry', 'prebuilt'),
  mod_timestamp: template,
  skip: flagOrTemplate,
  tool: template,
  command: text,
  no_unique_dist_dir: flagOrTemplate,
  no_main_check: flag,
  ...details,
  overrides: list(object({ ...platform, ...details })),
  prebuilt: pro(object({ path: template })),
  gobinary: deprecated(template),
})

export const universalBinary = object({
  id: text,
  ids,
  name_template: template,
  replace: flag,
  hooks: buildHooks,
  mod_timestamp: template,
})

export const upx = object({
  enabled: flagOrTemplate,
  ids,
  goos: list(text),
  goarch: list(text),
  goarm: list(text),
  goamd64: list(text),
  binary: text,
  compress: choice('1', '2', '3', '4', '5', '6', '7', '8', '9', 'best', ''),
  lzma: flag,
  brute: flag,
})

export const gomod = object({ proxy: flag, env: list(template), gobinary: template, mod: text, dir: template })
