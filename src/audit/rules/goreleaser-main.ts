import { placeInConfig } from './config-places.ts'
import { firstLine, rule, some } from './finding.ts'

/** The main package has no `func main` for a target: the build fails, or nothing is built. */
export const goreleaserMain = rule(
  {
    id: 'goreleaser-main',
    severity: 'error',
    summary: '`main` names a package that has no `func main` once the build tags of a target are applied.',
  },
  ({ config, goPackages, snapshot }, say) => {
    if (config === undefined || goPackages === undefined) return []
    // What could not be included may say that there is nothing to build.
    if (config.loaded.diagnostics.some((one) => one.code === 'bad-include')) return []
    const wrong = goPackages.flatMap((one) => {
      const has = one.files.some((file) => /^func main\(\)/m.test(snapshot.read(file) ?? 'func main()'))
      if (one.error === undefined && one.name === 'main' && has) return []
      const why =
        one.error ??
        (one.name === 'main'
          ? `no file of it has a func main: ${one.files.join(', ') || 'none'}`
          : `it is package ${one.name}`)
      return [{ ...one, why }]
    })
    const groups = Map.groupBy(wrong, (one) => `${one.main} ${one.why}`)
    return [...groups.values()].flatMap((group) => {
      const [first] = group
      if (first === undefined) return []
      const { main, why } = first
      const targets = group.map((one) => one.target)
      const where =
        main === '.'
          ? firstLine(config.loaded.file)
          : placeInConfig(config, new RegExp(`main:.*${main.replaceAll(/[^\w/]/g, '.')}`))
      return [
        say(
          `${main} is no program for ${some(targets)}: ${why}`,
          where,
          'name the folder of the program in `main`, or mend its build tags',
          {
            evidence: group.map(({ target, name, files }) => ({
              text: `go list, ${target}: package ${name || 'none'}, ${files.join(', ') || 'no file'}`,
            })),
          },
        ),
      ]
    })
  },
)
