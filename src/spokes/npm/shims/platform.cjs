'use strict'
// Finds the program in the package of this platform and starts it. Runs on Node.js 12 and later.
const path = require('path')
const { run, fail, cannotStart, unsupported } = require('./run.js')
const table = require('./table.json')

const here = `${process.platform}-${process.arch}`
const whole = `${table.name}@${table.version}`

/** Starts a program of this package. */
module.exports = function launch(program) {
  const target = table.platforms[here]
  if (target === undefined) fail(unsupported(program, table, Object.keys(table.platforms)))
  const file = find(target.package, target.programs[program])
  if (file === undefined) fail(missing(program, target.package))
  run(file, (error) => cannotStart(program, file, error))
}

function find(name, inside) {
  try {
    return require.resolve(`${name}/${inside}`)
  } catch {
    return undefined
  }
}

function isInstalled(name) {
  return find(name, 'package.json') !== undefined
}

/** Which package is missing, why, and the exact mend. */
function missing(program, name) {
  const exact = `${name}@${table.version}`
  if (isInstalled(name)) {
    return [
      `${program}: ${exact} is installed, but its program is gone: something removed it after the install (a virus scanner, a copy).`,
      `  Mend: ${isGlobal() ? `npm install -g --force ${whole}` : 'rm -rf node_modules && npm install   (or: pnpm install --force)'}`,
    ]
  }
  const lines = [
    `${program}: ${exact} is not installed; it holds the program for ${here}.`,
    `  It is an optional dependency of ${whole}, so the install went on without it.`,
  ]
  const other = Object.keys(table.platforms).find((key) => key !== here && isInstalled(table.platforms[key].package))
  const list = `supportedArchitectures: {os: [current, ${process.platform}], cpu: [current, ${process.arch}]}`
  if (other !== undefined) {
    return lines.concat([
      `  Why: ${table.platforms[other].package} is here instead: this node_modules or its lockfile was made for ${other}.`,
      '  Mend, with npm:  rm -rf node_modules package-lock.json && npm install   (on this platform; npm/cli#4828)',
      `        with pnpm: put into pnpm-workspace.yaml  ${list}  and run  pnpm install`,
      `        with yarn: put into .yarnrc.yml  ${list}  and run  yarn install`,
    ])
  }
  return lines.concat([
    '  Why: optional dependencies were left out (--omit=optional, --no-optional, --ignore-optional, or a line in .npmrc),',
    '       or the lockfile was made on another platform and does not list it (npm/cli#4828).',
    `  Mend, with npm:  ${isGlobal() ? `npm install -g --include=optional ${whole}` : 'npm install --include=optional'}`,
    '                   or, where the lockfile lacks it:  rm -rf node_modules package-lock.json && npm install',
    `        with pnpm: ${isGlobal() ? `pnpm add -g --config.optional=true ${whole}` : 'pnpm install --config.optional=true --force'}`,
    `        with yarn: yarn install   without --ignore-optional; from yarn 2 on, with ${list} in .yarnrc.yml`,
  ])
}

/** Whether this package lies among the global ones (`lib/node_modules`, `npm\node_modules`, pnpm's `global`), not in a project. */
function isGlobal() {
  const parts = __dirname.split(path.sep)
  const above = parts[parts.indexOf('node_modules') - 1]
  return above === 'lib' || above === 'npm' || parts.includes('global')
}
