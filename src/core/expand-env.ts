/**
 * Go's `os.ExpandEnv`: `$NAME` and `${NAME}` from the environment, the empty text for what is not set. GoReleaser does it
 * to `builds[].env` before it renders the templates.
 * @example expandEnv('CC=$CROSS-gcc', { CROSS: 'arm' }) // 'CC=arm-gcc'
 */
export function expandEnv(text: string, env: Record<string, string | undefined>): string {
  // A brace that is never closed is eaten; a dollar before anything that is no name stays.
  return text.replaceAll(
    /\$(?:\{([^}]*)\}|\{|([*#$@!?\-0-9])|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_, braced: string | undefined, special: string | undefined, name: string | undefined) =>
      env[braced ?? special ?? name ?? ''] ?? '',
  )
}
