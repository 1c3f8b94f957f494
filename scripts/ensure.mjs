// Makes a checkout ready to run: installs the tools when the lockfile says so, builds the program when a source is newer.
// Plain JavaScript, without dependencies, for it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const windows = process.platform === 'win32'

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

/** Runs a tool; what it prints is shown only when it fails. */
function run(file, args) {
  const { status, error, stdout, stderr } = spawnSync(file, args, { cwd: root, shell: windows, encoding: 'utf8' })
  if (error !== undefined) fail(`${file} could not be started: ${error.message}`)
  if (status !== 0) fail(`${stdout}${stderr}${file} ${args.join(' ')} ended with ${status}`)
}

function newest(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))))
}

function install() {
  const stamp = join(root, 'node_modules', '.tagonce-lock')
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  process.stderr.write('Installing what is needed …\n')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lock)
}

function build() {
  const built = join(root, 'package', 'dist', 'cli.js')
  const sources = ['src', 'scripts/build.mjs', 'tsdown.config.ts', 'package.json', 'package/package.json'].map((name) =>
    join(root, name),
  )
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources.map(newest))) return
  const node = join(root, 'node_modules', '.bin', 'node')
  run(existsSync(node) ? node : process.execPath, [join(root, 'scripts', 'build.mjs')])
}

if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node 20 or later is needed; this is ${process.version}`)
install()
build()
