// Builds the package: the program, the library, and the JSON Schemas that are published with them. Everything is made beside its
// place and renamed when it is whole, so that a run that reads the program meets no half of it, and two builds may meet.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const home = join(root, 'package')
const began = new Date()
const made = mkdtempSync(join(home, '.build-'))
try {
  const tsdown = join(root, 'node_modules', 'tsdown', 'dist', 'run.mjs')
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, TAGONCE_OUT: join(made, 'dist') } }
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsdown, '--silent'], options)
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`)
    process.exitCode = 1
  } else {
    const { manifestJsonSchema } = await import(pathToFileURL(join(made, 'dist', 'index.js')).href)
    mkdirSync(join(made, 'schema'))
    writeFileSync(join(made, 'schema', 'manifest-1.json'), `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`)
    // By its time a stale build is known: a source that changed since this build began counts as newer.
    utimesSync(join(made, 'dist', 'cli.js'), began, began)
    for (const [folder, names] of [
      ['schema', ['manifest-1.json']],
      ['dist', readdirSync(join(made, 'dist'))],
    ]) {
      mkdirSync(join(home, folder), { recursive: true })
      for (const name of names) renameSync(join(made, folder, name), join(home, folder, name))
    }
  }
} finally {
  rmSync(made, { recursive: true, force: true })
}
