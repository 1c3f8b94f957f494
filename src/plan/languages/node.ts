import { dirname, join } from 'node:path'
import type { Language } from './language.ts'

/** What https://nodejs.org/dist has for each release. */
const TARGETS = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win-arm64', 'win-x64']

/** JavaScript as single programs, with Node.js inside: https://nodejs.org/api/single-executable-applications.html */
export const node: Language = {
  name: 'node',
  inTurn: false,
  defaults: { tool: 'node', command: '', flags: [], main: 'index.js', targets: TARGETS },
  validity: (target) => (TARGETS.includes(target) ? 'valid' : 'invalid'),
  parse(target) {
    const [os = '', arch = ''] = target.split('-')
    return {
      platform: { goos: os === 'win' ? 'windows' : os, goarch: arch === 'x64' ? 'amd64' : arch, target },
      fields: { Os: os, Arch: arch },
    }
  },
  call: ({ tool, output }) => ({ argv: [tool, '--build-sea', join(dirname(output), 'sea-config.json')] }),
}
