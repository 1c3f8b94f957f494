import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { Entry } from './entries.ts'
import { fact, type Facts, note } from './facts.ts'
import { type Circumstances, plainText } from './put-aside.ts'

/**
 * The `.MTREE` of a package for Arch Linux, a fact a line. Size and digests of `.PKGINFO` are held against that file and then put
 * aside, since a comment in it names the tool.
 */
export function mtreeFacts(name: string, entries: Entry[], when: Circumstances, facts: Facts): void {
  const mtree = entries.find((one) => one.name === '.MTREE')
  const info = entries.find((one) => one.name === '.PKGINFO')
  if (mtree === undefined || info === undefined) return
  const hash = (algorithm: string): string => createHash(algorithm).update(info.content).digest('hex')
  const told = `size=${info.content.length} type=file md5digest=${hash('md5')} sha256digest=${hash('sha256')}`
  const lines = gunzipSync(mtree.content).toString().replace(told, '<that of the file>').split('\n')
  for (const line of lines.filter((one) => one !== '')) {
    const [path = '', ...rest] = plainText(line, when).split(' ')
    note(facts, fact('package', name, '.MTREE', path.replace(/\/$/, '')), rest.join(' '))
  }
  const slash = lines.some((line) => line.endsWith(' type=dir') && /^[^ ]*\/ /.test(line))
  note(facts, fact('package', name, '.MTREE', 'folders'), slash ? 'with a slash at the end' : 'without a slash')
}
