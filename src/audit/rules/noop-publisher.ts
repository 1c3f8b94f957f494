import { shellCommands } from '../effects/shell.ts'
import { rule } from './finding.ts'
import { reached } from './reach.ts'

const CLAIMS =
  /\b(publish|push|upload|deploy|submit|release)\b.*\b(npm|pypi|choco\w*|homebrew|brew|snap|aur|docker|scoop|winget|crates?)\b|\bupdate\b.*\b(formula|tap|bucket|homebrew)\b/i
const HARMLESS = new Set([
  'echo',
  'printf',
  'true',
  ':',
  'exit',
  'sleep',
  'cat',
  'ls',
  'pwd',
  'date',
  'set',
  'Write-Host',
  'cd',
  'test',
  '[',
])

/** A step that says it publishes, and only says so. */
export const noopPublisher = rule(
  {
    id: 'noop-publisher',
    severity: 'warning',
    summary: 'A step is named as if it published, and does nothing but print.',
  },
  (input, say) =>
    reached(input)
      .filter(({ step, effects }) => step.run !== undefined && effects.length === 0 && CLAIMS.test(step.name))
      .filter(({ step }) => shellCommands(step.run ?? '').every((one) => HARMLESS.has(one.words[0] ?? '')))
      .map(({ workflow, step }) =>
        say(
          `"${step.name}" publishes nothing: it only prints`,
          step.where,
          'take it out, or let `tagonce release` publish there',
          {
            evidence: [{ text: `${workflow.path}: ${(step.run ?? '').trim().split('\n')[0] ?? ''}` }],
          },
        ),
      ),
)
