/** A file is not what its name says: damaged, cut short, or made to do harm. The message names the part that is wrong. */
export class FormatError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'FormatError'
  }
}
