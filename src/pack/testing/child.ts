import { packArchive } from '../pack.ts'
import { COMMIT_TIME, plannedArchive, plannedBinary } from './project.ts'

/**
 * Packs the test project at a path, in a process of its own: `node child.mjs <root> <format>…`.
 * Prints what was packed and the most memory that it took, in MiB.
 */
const [root = '', ...formats] = process.argv.slice(2)
const path = 'dist/hello_linux_amd64_v1/hello'
const io = {
  root,
  dist: 'dist',
  commitTimestamp: COMMIT_TIME,
  binaries: new Map([[path, plannedBinary(path)]]),
  signal: new AbortController().signal,
}
try {
  const artifacts = []
  for (const format of formats) artifacts.push(await packArchive(plannedArchive(format), io))
  process.stdout.write(JSON.stringify({ artifacts, mib: Math.round(process.resourceUsage().maxRSS / 1024) }))
} catch (error) {
  const { code, message } = error as { code?: string; message: string }
  process.stdout.write(JSON.stringify({ code, message }))
}
