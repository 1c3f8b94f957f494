import { placesOf, rule } from './finding.ts'

/** `v${{ inputs.version }}` with an input that people fill with `v1.2.3`: `vv1.2.3`. */
export const versionInputPrefix = rule(
  {
    id: 'version-input-prefix',
    severity: 'error',
    summary: 'A `v` is put before an input that may already begin with one: the tag becomes `vv1.2.3`.',
  },
  ({ workflows }, say) =>
    workflows.flatMap((workflow) => {
      const declared = Object.assign({}, ...workflow.triggers.map((trigger) => trigger.inputs ?? {})) as Record<
        string,
        { default?: string }
      >
      const strips = /#v\}|sed ['"]?s\/\^v\/\/|TrimStart\(['"]v|lstrip\(['"]v|\^v\?\[0-9\]|=~ \^\[0-9\]/.test(
        workflow.text,
      )
      if (strips) return []
      return placesOf(workflow.path, workflow.text, /\bv\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/).map(
        ({ match, where }) => {
          const name = match[1] ?? ''
          const fallback = declared[name]?.default ?? ''
          const becomes = `v${fallback === '' || !fallback.startsWith('v') ? 'v1.2.3' : fallback}`
          return say(
            `v\${{ inputs.${name} }} becomes ${becomes} when the input begins with v`,
            where,
            `take the v off first: \`TAG="v\${VERSION#v}"\`, with VERSION from \`env\``,
            {
              severity: fallback.startsWith('v') ? 'error' : 'warning',
              evidence: [
                { text: fallback === '' ? 'the input has no default' : `the default of ${name} is ${fallback}` },
              ],
            },
          )
        },
      )
    }),
)
