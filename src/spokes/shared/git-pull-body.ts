import type { GitHub } from '../../external/github.ts'
import type { TextFile } from '../spoke.ts'
import { readText, type Head, type Place } from './git-files.ts'

/** Where GitHub looks for the template of a pull request. */
const TEMPLATES = [
  '.github/PULL_REQUEST_TEMPLATE.md',
  '.github/pull_request_template.md',
  'PULL_REQUEST_TEMPLATE.md',
  'docs/PULL_REQUEST_TEMPLATE.md',
]

/** The text of a pull request: the config's, else the template of the repository, else the files that it brings. */
export async function pullBody(
  github: GitHub,
  pullRequest: Place & { body: string; checkBoxes: boolean },
  base: Head,
  files: TextFile[],
): Promise<string> {
  const list = `${files.map(({ path }) => `- \`${path}\``).join('\n')}\n`
  if (pullRequest.body !== '') return pullRequest.body
  for (const path of TEMPLATES) {
    const text = await readText(github, pullRequest, path, base.commit)
    if (text !== null && text.trim() !== '') return pullRequest.checkBoxes ? ticked(text) : text
  }
  return list
}

/** Every open box of a list is ticked. */
function ticked(text: string): string {
  return text.replaceAll(/^(\s*[-*+] )\[ \]/gm, '$1[x]')
}
