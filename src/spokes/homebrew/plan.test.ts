import { describe, expect, it } from 'vitest'
import { planOf, told } from '../../plan/test-plan.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { cask, homebrew } from './index.ts'
import type { FormulaSettings } from './settings.ts'

const CONFIG = `version: 2
project_name: hello
release: { github: { owner: acme, name: hello } }
builds: [{ goos: [linux, darwin, windows], goarch: [amd64, arm64] }]
brews:
  - repository: { owner: acme, name: homebrew-tap, token: '{{ .Env.TAP_TOKEN }}' }
    homepage: https://acme.example
    description: Says {{ .ProjectName }}
    caveats: |
      one
      two CAVEAT three
    url_template: https://dl.example/{{ .Os }}-{{ .Arch }}/{{ .ArtifactName }}
homebrew_casks:
  - repository: { owner: acme, name: homebrew-tap }
    homepage: https://acme.example
    description: Says hello
`

const plan = (caveat: string) =>
  planOf(CONFIG.replace('CAVEAT', caveat), {
    planSpokes: (config: SpokeConfig) =>
      [homebrew, cask].flatMap((spoke) =>
        spoke.settings(config).map(({ entry, settings, skip, at }) => ({
          spoke: spoke.name,
          entry,
          settings,
          units: [],
          at,
          ...(skip === undefined ? {} : { skip }),
        })),
      ),
  })

describe('settings from a real config', () => {
  it('are resolved from what is planned', async () => {
    const made = await plan('{{ .Tag }}')
    expect(told(made)).toEqual([])
    const settings = homebrew.parse(made.spokes[0]?.settings)
    expect(settings).toMatchObject({
      name: 'hello',
      description: 'Says hello',
      caveats: '\n      one\n      two v1.2.3 three',
      repository: { tokenEnv: 'TAP_TOKEN', api: 'https://api.github.com' },
      message: 'Brew formula update for hello version v1.2.3',
    } satisfies Partial<Record<keyof FormulaSettings, unknown>>)
    expect(settings.packages.map((one) => one.url)).toEqual([
      'https://dl.example/darwin-amd64/hello_1.2.3_darwin_amd64.tar.gz',
      'https://dl.example/darwin-arm64/hello_1.2.3_darwin_arm64.tar.gz',
      'https://dl.example/linux-amd64/hello_1.2.3_linux_amd64.tar.gz',
      'https://dl.example/linux-arm64/hello_1.2.3_linux_arm64.tar.gz',
    ])
    expect(cask.parse(made.spokes[1]?.settings).packages[0]?.url).toBe(
      'https://github.com/acme/hello/releases/download/v1.2.3/hello_1.2.3_darwin_amd64.tar.gz',
    )
    expect(homebrew.check(settings, made)).toMatchObject([{ code: 'brew-namesake' }])
  })

  it('say where a template fails, inside a block too', async () => {
    // Line 11 is "      two {{ .Nope }} three".
    expect(told(await plan('{{ .Nope }}'))).toEqual([expect.stringMatching(/^11:1[3-5] template /)])
  })
})
