/** GoReleaser's name templates of version 1, where an entry had none of its own. */
const OLD_NAME =
  '{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}' +
  '{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}'

/**
 * A name template that says what `replacements` said: other names for operating systems and architectures.
 * @example withReplacements('{{ .Os }}', { darwin: 'macOS' }) // '{{ if eq .Os "darwin" }}macOS{{ else }}{{ .Os }}{{ end }}'
 */
export function withReplacements(template: unknown, replacements: unknown): string {
  const text = typeof template === 'string' && template !== '' ? template : OLD_NAME
  const pairs = Object.entries(typeof replacements === 'object' && replacements !== null ? replacements : {})
  return text.replaceAll(/\{\{(-?)\s*(\.Os|\.Arch)\s*(-?)\}\}/g, (_, left: string, field: string, right: string) => {
    const mine = pairs.filter(([name]) => SYSTEMS.has(name) === (field === '.Os'))
    if (mine.length === 0) return `{{${left} ${field} ${right}}}`
    const branches = mine.map(([name, other], index) => {
      const word = index === 0 ? `{{${left} if` : '{{ else if'
      return `${word} eq ${field} ${JSON.stringify(name)} }}${String(other)}`
    })
    return `${branches.join('')}{{ else }}{{ ${field} }}{{ end ${right}}}`
  })
}

const SYSTEMS = new Set(
  'aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows'.split(' '),
)
