import { TagonceError } from '../core/errors.ts'
import type { ProjectFiles } from '../plan/go-source.ts'

/** A project that holds nothing: for texts that are made of the config alone. */
export const nothingToRead: ProjectFiles = {
  read: () => undefined,
  list: () => undefined,
  bytes(path) {
    throw new TagonceError('template', `${path} can not be read here: no project was given`)
  },
}
