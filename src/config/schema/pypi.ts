import { ids } from './common.ts'
import { choice, flag, flagOrTemplate, list, map, note, object, template } from './kinds.ts'

/** `pypis` of `tagonce.yaml`; GoReleaser has no key for PyPI. Each key is told in docs/spokes/pypi.md. */
export const pypi = object({
  ids,
  name: template,
  /** A wheel per platform with the program inside, or one wheel that fetches it at first run. */
  mode: choice('wheel', 'download'),
  /** `pypi`, `testpypi`, or the upload address of another index. */
  repository: template,
  summary: template,
  /** Markdown; `from_file: { path: README.md }` reads it. */
  readme: note,
  license: template,
  author: template,
  homepage: template,
  /** Label → address, shown on the project's page. */
  urls: map(template),
  keywords: list(template),
  classifiers: list(template),
  requires_python: template,
  /** Command → the program that it starts; by default every program under its own name. */
  commands: map(template),
  if: template,
  disable: flagOrTemplate,
  skip_upload: flagOrTemplate,
  /** The variable that holds the token, as `{{ .Env.NAME }}`. */
  token: template,
  /** Of another index: the user that the token or password belongs to. */
  username: template,
  /** No token: GitHub Actions vouches for the workflow (OpenID Connect). */
  trusted_publishing: flag,
  /** A signed statement with each file that this workflow published it (PEP 740). */
  attestations: flag,
})
