/** One entry of `errors` in GitHub's error bodies. */
export interface FieldError {
  resource?: string
  code?: string
  field?: string
  message?: string
}

/** An answer that refuses, thrown by a handler and sent as GitHub sends it. It is behaviour of the fake, not a failure of ours. */
export class Refused extends Error {
  readonly status: number
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>
  constructor(status: number, message: string, errors?: FieldError[], headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** 404, as GitHub says it, also for what one may not see. */
export function notFound(message = 'Not Found'): Refused {
  return new Refused(404, message)
}

/** 422 `Validation Failed` with its field errors. */
export function invalid(...errors: FieldError[]): Refused {
  return new Refused(422, 'Validation Failed', errors)
}

/** 422 without field errors. */
export function unprocessable(message: string): Refused {
  return new Refused(422, message)
}

/** A required field that was not sent. */
export function missing(field: string): Refused {
  return unprocessable(`Invalid request.\n\n"${field}" wasn't supplied.`)
}
