import { placeInConfig } from './config-places.ts'
import { firstLine, rule } from './finding.ts'

/** The main package has no `func main` for a target: the build fails, or nothing is built. */
export const goreleaserMain = rule(
  {
    id: 'goreleaser-main',
    severity: 'error',
    summary: '`main` names a package that has no `func main` once the build tags of a target are applied.',
  },
  ({ config, goPackages, snapshot }, say) => {
    if (config === undefined || goPackages === undefined) return []
    return Object.values(goPackages).flatMap((one) => {
      const has = one.files.some((file) => /^func main\(\)/m.test(snapshot.read(file) ?? 'func main()'))
      if (one.error === undefined && one.name === 'main' && has) return []
      const why =
        one.error ??
        (one.name === 'main'
          ? `no file of it has a func main: ${one.files.join(', ') || 'none'}`
          : `it is package ${one.name}`)
      const where =
        one.main === '.'
          ? firstLine(config.loaded.file)
          : placeInConfig(config, new RegExp(`main:.*${one.main.replaceAll(/[^\w/]/g, '.')}`))
      return [
        say(
          `${one.main} is no program for ${one.target}: ${why}`,
          where,
          'name the folder of the program in `main`, or mend its build tags',
          {
            evidence: [
              { text: `go list, ${one.target}: package ${one.name || 'none'}, ${one.files.join(', ') || 'no file'}` },
            ],
          },
        ),
      ]
    })
  },
)
