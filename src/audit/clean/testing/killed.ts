import { applyChanges, type FileChange } from '../apply.ts'

/** Applies changes in a process of its own and kills it after a number of steps: `node killed.ts root journal changes steps`. */
const [root = '', journal = '', changes = '[]', steps = '0'] = process.argv.slice(2)
let left = Number(steps)
await applyChanges(root, journal, JSON.parse(changes) as FileChange[], {
  signal: new AbortController().signal,
  onStep() {
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  },
})
process.stdout.write('done')
