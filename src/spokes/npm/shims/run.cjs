'use strict'
// Starts a program in place of this one, as far as Node.js can: same input and output, signals passed on, same end.
// Shipped inside npm packages as it stands here. Runs on Node.js 12 and later, hence the old words.
const fs = require('fs')
const os = require('os')
const { spawn } = require('child_process')

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT']
// What a terminal sends to every process in the foreground: the program has it already.
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT', 'SIGWINCH']

/** Runs the file with this process's arguments; ends as it ends. */
function run(file, explain) {
  let mended = false
  const start = () => {
    const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
    const handlers = {}
    let child
    // Before the start: the program may run, and be ended by others, before `spawn` is back.
    for (const signal of FORWARDED) {
      if (process.platform === 'win32' && signal !== 'SIGINT' && signal !== 'SIGTERM' && signal !== 'SIGHUP') continue
      handlers[signal] = () => {
        if (process.platform === 'win32' || (terminal && FROM_TERMINAL.indexOf(signal) !== -1)) return
        child.kill(signal)
      }
      process.on(signal, handlers[signal])
    }
    const release = () => {
      for (const signal of Object.keys(handlers)) process.removeListener(signal, handlers[signal])
    }
    try {
      child = spawn(file, process.argv.slice(2), { stdio: 'inherit' })
    } catch (error) {
      // Some refusals of the system are thrown, others told by the event.
      fail(explain(error))
    }
    child.on('error', (error) => {
      release()
      // Some tools unpack packages without the permission to execute.
      if (error.code === 'EACCES' && !mended) {
        mended = true
        try {
          fs.chmodSync(file, 0o755)
          return start()
        } catch {
          // Not ours to change: said below.
        }
      }
      return fail(explain(error))
    })
    child.on('exit', (code, signal) => {
      release()
      if (signal === null) process.exit(code)
      process.kill(process.pid, signal)
      // A signal that Node.js does not die of.
      setTimeout(() => process.exit(128 + (os.constants.signals[signal] || 0)), 100)
    })
  }
  start()
}

/** Prints what is wrong and ends with 1. */
function fail(lines) {
  const text = `${lines.join('\n')}\n`
  try {
    // Not through process.stderr: a pipe may not be written out before the end.
    fs.writeSync(2, text)
  } catch {
    process.stderr.write(text)
  }
  process.exit(1)
}

/** What to say when a program that is there cannot be started. */
function cannotStart(program, file, error) {
  const lines = [`${program}: ${file} could not be started: ${error.message}`]
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    lines.push(
      `  It may not be executed here. Mend: chmod +x "${file}"; or install into a folder that is not mounted noexec.`,
    )
  } else if (error.code === 'ENOENT') {
    lines.push(
      '  The file is there, so its loader is not: it was linked for another C library (glibc or musl) than this system has.',
    )
  } else {
    lines.push(
      `  It is not a program for ${process.platform}-${process.arch}, or it is damaged. Mend: install the package again.`,
    )
  }
  return lines
}

/** What to say where there is no program for this platform. */
function unsupported(program, table, supported) {
  return [
    `${program}: ${table.name}@${table.version} has no program for ${process.platform}-${process.arch}.`,
    `  It has one for: ${supported.join(', ')}.`,
    `  Mend: run it on one of these${table.bugs ? `, or ask for yours: ${table.bugs}` : ''}.`,
  ]
}

module.exports = { run, fail, cannotStart, unsupported }
