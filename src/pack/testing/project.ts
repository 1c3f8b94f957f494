import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Diagnostic } from '../../core/errors.ts'
import type { PlannedArchive, PlannedBinary, PlannedFiles } from '../../plan/plan.ts'
import type { PackIO } from '../packed.ts'

/** 2026-01-02T03:04:05Z */
export const COMMIT_TIME = 1767323045

/**
 * Writes a tree: text is a file, `!text` an executable one, `->target` a link.
 * @example await writeTree(root, { 'README.md': '# hello', 'dist/hello': '!program', link: '->README.md' })
 */
export async function writeTree(root: string, tree: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(tree)) {
    const path = join(root, name)
    await mkdir(dirname(path), { recursive: true })
    if (typeof content === 'string' && content.startsWith('->')) await symlink(content.slice(2), path)
    else {
      const executable = typeof content === 'string' && content.startsWith('!')
      await writeFile(path, executable ? content.slice(1) : content)
      await chmod(path, executable ? 0o755 : 0o644)
    }
  }
}

export function plannedBinary(path: string, more: Partial<PlannedBinary> = {}): PlannedBinary {
  const platform = { goos: 'linux', goarch: 'amd64', goamd64: 'v1', target: 'linux_amd64_v1' }
  return { id: 'hello', builder: 'go', name: 'hello', ext: '', platform, path, hooks: { pre: [], post: [] }, ...more }
}

export function plannedFiles(src: string, more: Partial<PlannedFiles> = {}): PlannedFiles {
  return { src, dst: '', stripParent: false, optional: false, info: { owner: '', group: '' }, ...more }
}

export function plannedArchive(format: string, more: Partial<PlannedArchive> = {}): PlannedArchive {
  return {
    name: `hello_1.2.3_linux_amd64.${format}`,
    kind: 'archive',
    id: 'default',
    platform: plannedBinary('').platform,
    format,
    wrapDirectory: 'hello_1.2.3',
    stripBinaryDirectory: false,
    files: [plannedFiles('README*'), plannedFiles('docs')],
    binaries: ['dist/hello_linux_amd64_v1/hello'],
    ...more,
  }
}

/** A project with one program, packed into `dist`; what it warns of is collected. */
export async function project(
  root: string,
  tree: Record<string, string | Buffer> = {},
): Promise<PackIO & { warned: Diagnostic[] }> {
  const path = 'dist/hello_linux_amd64_v1/hello'
  await writeTree(root, {
    'README.md': '# hello\n',
    'docs/b.md': 'b\n',
    'docs/a.sh': '!#!/bin/sh\n',
    'docs/deep/.hidden': 'h\n',
    'docs/link': '->b.md',
    [path]: '!#!/bin/sh\necho hello\n',
    ...tree,
  })
  const warned: Diagnostic[] = []
  return {
    root,
    dist: 'dist',
    commitTimestamp: COMMIT_TIME,
    binaries: new Map([[path, plannedBinary(path)]]),
    signal: new AbortController().signal,
    warn: (diagnostic) => void warned.push(diagnostic),
    warned,
  }
}
