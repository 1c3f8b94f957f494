// Makes the checkout ready (see ensure.mjs), then runs a script of it with the Node that was installed beside the tools.
// `node scripts/run.mjs package/bin/tagonce.cjs --version`
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import './ensure.mjs'

const bin = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.bin')
const own = join(bin, 'node')
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` }
const child = spawn(existsSync(own) ? own : process.execPath, process.argv.slice(2), { stdio: 'inherit', env })
// Ctrl-C reaches the child as well: it ends the work, and its status is ours.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
