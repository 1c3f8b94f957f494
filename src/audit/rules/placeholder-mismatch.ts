import type { Finding } from '../model.ts'
import { shellCommands } from '../effects/shell.ts'
import { placeInStep, rule } from './finding.ts'

/** A `sed` that replaces a text which its file does not hold: nothing happens, and nobody is told. */
export const placeholderMismatch = rule(
  {
    id: 'placeholder-mismatch',
    severity: 'error',
    summary: 'A step replaces a text in a file that does not hold it, so what is published stays as it was.',
  },
  ({ workflows, snapshot }, say) => {
    const findings: Finding[] = []
    for (const workflow of workflows)
      for (const job of workflow.jobs)
        for (const step of job.steps) {
          for (const command of shellCommands(step.run ?? '')) {
            if (command.words[0] !== 'sed' || !command.words.some((word) => /^-\w*i|^--in-place/.test(word))) continue
            const plain = command.words.slice(1).filter((word) => !word.startsWith('-') && word !== '')
            const scripts = plain.filter((word) => /^s([|/#,@]).*\1.*\1/.test(word))
            for (const file of plain.filter((word) => !scripts.includes(word))) {
              const path = [step.workingDirectory ?? '', file].filter(Boolean).join('/').replace(/^\.\//, '')
              const text = snapshot.read(path)
              if (text === undefined) continue
              for (const script of scripts) {
                const wanted = patternOf(
                  script,
                  command.words.some((word) => /^-\w*[Er]|^--regexp-extended/.test(word)),
                )
                if (wanted === undefined || wanted.test(text)) continue
                findings.push(
                  say(
                    `sed looks for ${script.split(script.charAt(1))[1]} in ${path}, which does not hold it`,
                    placeInStep(workflow.text, step, file),
                    'mend the pattern, or let the release write the file',
                    {
                      evidence: [{ text: command.text }],
                    },
                  ),
                )
              }
            }
          }
        }
    return findings
  },
)

/** The pattern of `s/…/…/` as an expression of ours; undefined where it holds a variable or is not read alike. */
function patternOf(script: string, extended: boolean): RegExp | undefined {
  const pattern = script.split(script.charAt(1))[1] ?? ''
  if (pattern === '' || pattern.includes('$') || pattern.includes('{{')) return undefined
  // Basic expressions: `\(`, `\+` and `\?` are special, and plain ones are not.
  const source = extended
    ? pattern
    : pattern.replaceAll(/\\?[(){}+?|]/g, (part) => (part.startsWith('\\') ? part.slice(1) : `\\${part}`))
  try {
    return new RegExp(source, 'm')
  } catch {
    return undefined
  }
}
