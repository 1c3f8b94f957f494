// One release in a process of its own, which the local world may kill at any request: the library with routes into that world.
// Plain JavaScript on the built library, so that it starts fast. Reads its order as JSON from the command line.
import { mkdir } from 'node:fs/promises'

const order = JSON.parse(process.argv[2] ?? '{}')
const library = await import('../../package/dist/index.js')
const events = new library.Events()
const signal = new AbortController().signal
if (process.env.SHOW === '1') events.on((event) => event.type === 'task.log' && console.error(event.line))
const http = library.createHttp({ routes: order.routes, signal, events, userAgent: 'tagonce/test', offline: true })
const credentials = library.credentialsOf(order.credentials)
await mkdir(order.folder, { recursive: true })
// Armed by itself: the fault has to know the process that it kills.
for (const fault of order.faults ?? []) {
  const body = JSON.stringify({ fault: { ...fault, action: fault.action ?? { kill: process.pid } } })
  await fetch(order.control, { method: 'POST', body })
}
try {
  const io = { events, env: process.env, credentials, http, signal, folder: order.folder, stripSecrets: false }
  if (order.publish !== undefined) {
    const report = await library.publish({ ...order.publish, root: order.root, env: {} }, io)
    console.log(JSON.stringify(report))
    process.exitCode = report.exitCode
  } else {
    const { report } = await library.release({ root: order.root, snapshot: false, clean: true, skip: new Set() }, io)
    console.log(JSON.stringify(report))
    process.exitCode = report.exitCode
  }
} catch (error) {
  console.error(error.message, error.hint ?? '', JSON.stringify(error.diagnostics ?? []), error.output ?? '')
  process.exitCode = error.exitCode ?? 1
}
