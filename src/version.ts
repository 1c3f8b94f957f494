import manifest from '../package/package.json' with { type: 'json' }

/** The version of this tagonce. */
export const VERSION: string = manifest.version
