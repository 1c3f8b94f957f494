import type { SpokeConfig } from '../../plan/spoke-config.ts'

/** Where something stands in the config. */
export type Path = (string | number)[]

/** Renders texts that stand below one path of the config. */
export class Renderer {
  readonly config: SpokeConfig
  readonly path: Path

  constructor(config: SpokeConfig, path: Path) {
    this.config = config
    this.path = path
  }

  /** A text; empty when it is not given. */
  text(raw: string | undefined, key: Path, extra?: Record<string, unknown>): string {
    return raw === undefined || raw === '' ? '' : this.config.render(raw, [...this.path, ...key], extra)
  }

  /** A text; undefined when it is not given. Given and rendered to nothing is empty, not absent. */
  optional(raw: string | undefined, key: Path): string | undefined {
    return raw === undefined || raw === '' ? undefined : this.text(raw, key)
  }

  list(raw: string[] | undefined, key: Path, extra?: Record<string, unknown>): string[] {
    return (raw ?? []).map((one, at) => this.text(one, [...key, at], extra))
  }

  /**
   * A block, each of its lines on a new line and pushed in by `spaces`; but not lines that come out of a value, since
   * GoReleaser renders after it indents. The block's own line ends are told from others by a `\r`, which a template
   * trims like them and which leaves every position as it is in the config. `before` are blank lines above.
   */
  block(raw: string | undefined, key: Path, spaces: number, before = ''): string | undefined {
    const text = (raw ?? '').trimEnd()
    if (text === '') return undefined
    const marked = text.replaceAll(/\r?\n/g, (end) => end.replace('\n', '\r'))
    const lead = marked.length - marked.trimStart().length
    const rendered = this.text(marked, key)
    const start = `\n${' '.repeat(spaces)}`
    // `{{-` eats what stands before it, also before the block.
    const eats = marked.startsWith('{{-', lead)
    const first = eats ? '' : before + start
    const body = eats ? rendered : rendered.slice(lead)
    return first + body.replaceAll(/\r+(?!\n)/g, (ends) => start.repeat(ends.length))
  }

  /** Lines of a text that is rendered first. */
  lines(raw: string | undefined, key: Path, extra?: Record<string, unknown>): string[] {
    return splitLines(this.text(raw, key, extra))
  }

  /** Pairs by their key. */
  pairs(raw: Record<string, string> | undefined, key: Path): [string, string][] {
    const names = Object.keys(raw ?? {}).sort()
    return names.map((name) => [this.text(name, [...key, name]), this.text(raw?.[name], [...key, name])])
  }
}

/** Lines of a block, without blank ones at its ends. */
function splitLines(text: string | undefined): string[] {
  const trimmed = (text ?? '').trim()
  return trimmed === '' ? [] : trimmed.split('\n')
}

/** Says what is wrong with a key of the entry that the renderer stands at. */
export function problem(
  renderer: Renderer,
  key: Path,
  code: string,
  message: string,
  mend: string,
  severity: 'error' | 'warning' = 'error',
): void {
  const path = [...renderer.path, ...key]
  const where = renderer.config.position(path) ?? renderer.config.position(renderer.path)
  renderer.config.problem({ severity, code, message, mend, ...(where === undefined ? {} : { where }) })
}
