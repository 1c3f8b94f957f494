#!/usr/bin/env node
// The one file that any Node can read: says so in one line when this one is too old, else starts the program.
'use strict'
var version = process.versions.node.split('.').map(Number)
if (version[0] < 22 || (version[0] === 22 && version[1] < 12)) {
  process.stderr.write('tagonce needs Node 22.12 or later; this is Node ' + process.versions.node + '\n')
  process.exit(1)
}
require('node:module').enableCompileCache()
import('../dist/cli.js')
