/**
 * The config after reading: GoReleaser's own keys, quirks normalised (string-or-list is a list), nothing defaulted yet.
 * The shape is that of the schema.
 */
export type Config = Record<string, unknown>
