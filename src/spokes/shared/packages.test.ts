import { expect, test } from 'vitest'
import type { Manifest } from '../../manifest/manifest.ts'
import { sampleArtifact } from '../../manifest/testing.ts'
import { artifactNamed } from './packages.ts'

test('a program that no file holds is told as such, not as a name that is missing', () => {
  const held: Partial<Manifest> = { artifacts: [sampleArtifact('here.zip')] }
  const manifest = held as Manifest
  expect(artifactNamed(manifest, 'here.zip').name).toBe('here.zip')
  expect(() => artifactNamed(manifest, '')).toThrow('no file of the release holds its program')
  expect(() => artifactNamed(manifest, 'gone.zip')).toThrow("the manifest's settings name gone.zip")
})
