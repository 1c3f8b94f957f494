/** Stand in rendered texts for what is known of a base image only when the release is sealed. */
const NAME = '\u{E000}base-image\u{E000}'
const DIGEST = '\u{E000}base-image-digest\u{E000}'

/** What a template may say of the base image: `.BaseImage`, `.BaseImageDigest`; the names are GoReleaser's. */
export const BASE_FIELDS = { BaseImage: NAME, BaseImageDigest: DIGEST }

/** A text with the marks replaced; without a base they stand for nothing, as with GoReleaser. */
export function withBase(text: string, base: { name: string; digest: string }): string {
  return text.replaceAll(NAME, base.name).replaceAll(DIGEST, base.digest)
}
