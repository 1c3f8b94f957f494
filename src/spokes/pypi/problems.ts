import spdx from 'spdx-expression-parse'
import { isName } from './name.ts'
import type { PypiSettings } from './settings.ts'

/** What is wrong with one key of an entry, and how to mend it. */
export interface PypiProblem {
  key: string
  code: string
  message: string
  mend: string
}

/** What the entry was resolved from. */
interface Facts {
  /** The tag's version. */
  version: string
  snapshot: boolean
  repository: string
  index: PypiSettings['index'] | undefined
}

/** What PyPI would refuse in one entry, each with its key (https://docs.pypi.org/, packaging.python.org "Core metadata"). */
export function problemsOf(settings: PypiSettings, { version, snapshot, repository, index }: Facts): PypiProblem[] {
  const found: PypiProblem[] = []
  const wrong = (key: string, code: string, message: string, mend: string): void =>
    void found.push({ key, code: `pypi-${code}`, message, mend })
  if (!isName(settings.name)) {
    const message = `${JSON.stringify(settings.name)} cannot be the name of a project on PyPI`
    wrong('name', 'name', message, 'use letters, digits, and - _ . between them')
  }
  if (settings.version === '' && !snapshot) {
    const message = `PyPI has no version like ${version} (PEP 440)`
    wrong(
      'name',
      'version',
      message,
      'tag v1.2.3, or v1.2.3-rc.1, -alpha.1, -beta.1, -dev.1; skip_upload: auto leaves pre-releases out',
    )
  }
  if (index === undefined) {
    const message = `${JSON.stringify(repository)} is no index`
    wrong('repository', 'repository', message, 'write pypi, testpypi, or the https address that files are uploaded to')
  }
  if (settings.trusted && index?.kind === 'other') {
    wrong('trusted_publishing', 'trusted', 'only PyPI and TestPyPI know trusted publishing', 'set token: instead')
  }
  if (settings.attestations === 'on' && !settings.trusted) {
    const message = 'an index takes attestations only from a workflow that it trusts'
    wrong('attestations', 'attestations', message, 'set trusted_publishing: true, or leave attestations out')
  }
  // warehouse, forklift/metadata.py.
  if (settings.summary.length > 512) {
    wrong('summary', 'summary', `summary has ${settings.summary.length} characters; PyPI takes 512`, 'shorten it')
  }
  const license = licenseProblem(settings.license)
  if (license !== undefined) {
    wrong('license', 'license', license, 'name it as SPDX does: MIT, Apache-2.0, MIT OR Apache-2.0, LicenseRef-Own')
  }
  if (settings.author !== '' && /[\r\n]/.test(settings.author)) {
    wrong('author', 'author', 'author has several lines', 'write Ann <ann@example.org>')
  }
  for (const [label, url] of settings.urls) {
    const key = label === 'Homepage' ? 'homepage' : 'urls'
    if (label.length > 32 || label.includes(','))
      wrong(key, 'url', `the label ${JSON.stringify(label)} is too long, or has a comma`, 'PyPI takes 32 characters')
    if (!/^https?:\/\/[^\s/]+\S*$/.test(url))
      wrong(key, 'url', `${label}: ${JSON.stringify(url)} is no web address`, 'write https://…')
  }
  const comma = settings.keywords.find((one) => /[,\r\n]/.test(one))
  if (comma !== undefined)
    wrong('keywords', 'keyword', `the keyword ${JSON.stringify(comma)} has a comma`, 'make it two')
  for (const one of settings.classifiers) {
    if (/^[^:]+( :: [^:]+)+$/.test(one) && !one.startsWith('Private ::')) continue
    const message = one.startsWith('Private ::')
      ? `${one} keeps a project from being uploaded`
      : `${JSON.stringify(one)} is no classifier`
    wrong('classifiers', 'classifier', message, 'take them from https://pypi.org/classifiers/')
  }
  const clause = /^\s*(~=|==|!=|<=|>=|<|>|===)\s*\d+(\.(\d+|\*))*\s*$/
  if (!settings.requiresPython.split(',').every((one) => clause.test(one))) {
    const message = `${JSON.stringify(settings.requiresPython)} says no range of Python versions`
    wrong('requires_python', 'python', message, 'write ">=3.8"')
  }
  const names = settings.commands.map((one) => one.name)
  for (const name of names) {
    if (/^[A-Za-z0-9_][\w.+-]*$/.test(name)) continue
    wrong('commands', 'command', `${JSON.stringify(name)} cannot be a command`, 'use letters, digits, and - _ .')
  }
  const programs = new Set(settings.platforms.flatMap((one) => one.programs.map((program) => program.name)))
  for (const { name, program } of settings.commands) {
    if (programs.size === 0 || programs.has(program)) continue
    const message = `the command ${name} starts ${JSON.stringify(program)}, which is not built`
    wrong('commands', 'command', message, `name one of ${[...programs].sort().join(', ')}`)
  }
  return found
}

function licenseProblem(license: string): string | undefined {
  if (license === '') return 'the project has no license'
  try {
    spdx(license)
    return undefined
  } catch {
    return `"${license}" is not an SPDX expression`
  }
}
