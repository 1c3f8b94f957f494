import { placesOf, rule } from './finding.ts'

/** Docs and scripts that speak of a workflow which is not there. */
export const danglingReference = rule(
  {
    id: 'dangling-reference',
    severity: 'warning',
    summary: 'A text or a script names a workflow file that does not exist.',
  },
  ({ snapshot }, say) =>
    snapshot.paths
      .filter(
        (path) =>
          /\.(md|sh|ps1|py|ya?ml|toml)$|(^|\/)Makefile$/.test(path) &&
          !/(^|\/)(node_modules|vendor|archive|testdata|fixtures)\/|ARCHIVE|CHANGELOG/i.test(path),
      )
      .flatMap((path) =>
        placesOf(
          path,
          withoutFences(path, snapshot.read(path) ?? ''),
          /(?:\.github\/|actions\/)workflows\/([\w.-]+\.ya?ml)\b(?![\w.-]*@)/,
        )
          // A workflow of another repository is named with it: `owner/name/.github/workflows/x.yml@v1`.
          .filter(
            ({ match, where }) =>
              !/[\w.-]+\/[\w.-]+\/$/.test(
                (snapshot.read(path) ?? '').split('\n')[where.line - 1]?.slice(0, where.column - 1) ?? '',
              ) || match[0].startsWith('actions/'),
          )
          .filter(({ match }) => !snapshot.paths.includes(`.github/workflows/${match[1] ?? ''}`))
          .map(({ match, where }) =>
            say(
              `.github/workflows/${match[1]} does not exist`,
              where,
              'name the workflow that is there now, or take the sentence out',
            ),
          ),
      ),
)

/** What stands in a fenced block of Markdown is an example. */
function withoutFences(path: string, text: string): string {
  if (!path.endsWith('.md')) return text
  return text.replaceAll(/^( *)(```+|~~~+)[^\n]*\n[\s\S]*?^\1\2 *$/gm, (block) => block.replaceAll(/[^\n]/g, ''))
}
