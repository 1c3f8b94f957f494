import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { jsonSchema } from '../config/json-schema.ts'
import { ExitCode } from '../core/errors.ts'
import type { Context } from './context.ts'

/** `tagonce jsonschema`: printed, or written to a file. */
export async function jsonSchemaCommand(
  { root, reporter }: Context,
  options: { own?: true | undefined; output?: string | undefined },
): Promise<ExitCode> {
  const text = `${JSON.stringify(jsonSchema(options.own === true ? 'own' : 'config'), null, 2)}\n`
  if (options.output === undefined) reporter.print(text)
  else await writeFile(resolve(root, options.output), text)
  return ExitCode.ok
}
