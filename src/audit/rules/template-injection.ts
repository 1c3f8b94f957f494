import { placeInStep, rule } from './finding.ts'

/** Texts that others choose: names of refs and branches, inputs, titles, bodies, messages. */
const CHOSEN =
  /\$\{\{[^}]*\b(github\.ref_name|github\.head_ref|inputs\.[\w-]+|github\.event\.inputs\.[\w-]+|github\.event\.(?:release\.(?:body|name|tag_name)|issue\.(?:title|body)|comment\.body|pull_request\.(?:title|body|head\.ref|head\.label)|head_commit\.message|client_payload\.[\w.]+|workflow_run\.head_branch))\b[^}]*\}\}/

/** A text that somebody else chooses becomes a part of a script. */
export const templateInjection = rule(
  {
    id: 'template-injection',
    severity: 'warning',
    summary: 'A tag name, an input, or the text of a release is pasted into a script.',
  },
  ({ workflows }, say) =>
    workflows.flatMap((workflow) =>
      workflow.jobs.flatMap((job) =>
        job.steps.flatMap((step) => {
          const script = step.uses?.startsWith('actions/github-script@') === true ? step.with['script'] : step.run
          const found = CHOSEN.exec(script ?? '')
          if (found === null) return []
          return [
            say(
              `${found[1]} is pasted into the script of "${step.name}": a name with \`;\` or \`$( )\` in it runs`,
              placeInStep(workflow.text, step, found[0]),
              `hand it over by \`env\`, and use "$NAME" in the script`,
              {
                evidence: [{ text: found[0] }],
              },
            ),
          ]
        }),
      ),
    ),
)
