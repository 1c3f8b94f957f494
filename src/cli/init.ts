import { init } from '../commands/init.ts'
import { ExitCode } from '../core/errors.ts'
import type { Context } from './context.ts'

/** `tagonce init`: writes a first config. */
export async function initCommand(
  { root, reporter }: Context,
  options: { language?: string | undefined; config?: string | undefined },
): Promise<ExitCode> {
  const { language, config } = options
  const done = await init({
    root,
    ...(language === undefined ? {} : { language }),
    ...(config === undefined ? {} : { file: config }),
  })
  if (reporter.json) reporter.print(JSON.stringify({ type: 'init', ...done }))
  else {
    const because = done.because === undefined ? '' : ` (${done.because})`
    reporter.print(`${done.file}: written for ${done.language}${because}`)
    if (done.ignored.length > 0) reporter.print(`.gitignore: ${done.ignored.join(' ')}`)
    if (done.others.length > 0) reporter.print(`there is ${done.others.join(', ')} here, too: see --language`)
    reporter.print('next: tagonce check; commit both, then tagonce rehearse')
  }
  return ExitCode.ok
}
