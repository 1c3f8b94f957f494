import type { Artifact } from '../core/artifact.ts'
import type { SealInput } from './seal.ts'

/** An archive with one program, for tests. */
export function sampleArtifact(name: string, more: Partial<Artifact> = {}): Artifact {
  return {
    name,
    kind: 'archive',
    id: 'default',
    platform: { goos: 'linux', goarch: 'amd64', goamd64: 'v1', target: 'linux_amd64_v1' },
    format: 'tar.gz',
    wrapDirectory: 'hello_1.2.3',
    size: 1234,
    sha256: 'ab'.repeat(32),
    binaries: [
      {
        name: 'hello',
        path: 'hello_1.2.3/hello',
        mode: '0755',
        size: 5678,
        sha256: 'cd'.repeat(32),
        header: {
          format: 'elf',
          arch: 'amd64',
          linkage: 'dynamic',
          interpreter: '/lib64/ld.so',
          glibc: '2.17',
          libraries: ['libc.so.6'],
        },
      },
    ],
    files: ['LICENSE', 'docs/a.md'],
    ...more,
  }
}

/** What a small release is sealed from. */
export function sealInput(plan: SealInput['plan'], more: Partial<SealInput> = {}): SealInput {
  return {
    plan,
    fragments: [{ artifacts: [sampleArtifact('b.tar.gz'), sampleArtifact('a.tar.gz')] }],
    spokes: [
      { spoke: 'npm', entry: 'hello', settings: { name: 'hello', tags: ['latest'] }, pins: {} },
      {
        spoke: 'docker',
        entry: 'hello',
        settings: null,
        pins: { 'alpine:3': `sha256:${'0'.repeat(64)}` },
        skip: 'skip_push',
      },
    ],
    notes: '## Changelog\n* new\n',
    tool: '1.0.0',
    ...more,
  }
}
