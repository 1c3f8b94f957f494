import { TagonceError } from '../../../core/errors.ts'

/** Lines and columns from 1, as an editor counts. */
export interface Place {
  line: number
  column: number
}

/** Something in a Dockerfile that is wrong, or is not carried out here. */
export class DockerfileFault extends TagonceError {
  readonly place: Place

  constructor(file: string, place: Place, message: string, mend?: string) {
    super('config', `${file}:${place.line}:${place.column}: ${message}`, {
      ...(mend === undefined ? {} : { hint: mend }),
      diagnostics: [
        {
          severity: 'error',
          code: 'dockerfile',
          message,
          where: { file, ...place },
          ...(mend === undefined ? {} : { mend }),
        },
      ],
    })
    this.place = place
  }
}

/** Something that only a program that runs containers can carry out. */
export class EngineFault extends DockerfileFault {
  /** The instruction, as it stands there. */
  readonly what: string

  constructor(file: string, place: Place, what: string, message: string, mend: string) {
    super(file, place, message, mend)
    this.what = what
  }
}
