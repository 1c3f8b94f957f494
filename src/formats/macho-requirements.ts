/** Blobs that go with a code signature (xnu, osfmk/kern/cs_blobs.h; Security, requirement.h). */
const CSMAGIC_REQUIREMENT = 0xfade0c00
const CSMAGIC_REQUIREMENTS = 0xfade0c01
const CSMAGIC_EMBEDDED_ENTITLEMENTS = 0xfade7171
const CSMAGIC_BLOBWRAPPER = 0xfade0b01

const DESIGNATED = 3
const EXPRESSION = 1
const OP_IDENT = 2
const OP_AND = 6
const OP_CERT_FIELD = 11
const OP_CERT_GENERIC = 14
const OP_APPLE_GENERIC = 15
const MATCH_EXISTS = 0
const MATCH_EQUAL = 1
/** Developer ID: the extension of Apple's certificate, and that of the developer's (1.2.840.113635.100.6.2.6 and .6.1.13). */
const APPLE_CA = Buffer.from('2a864886f76364060206', 'hex')
const APPLE_LEAF = Buffer.from('2a864886f7636406010d', 'hex')

/** A blob with its header. */
function blobOf(magic: number, content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(magic, 0)
  head.writeUInt32BE(8 + content.length, 4)
  return Buffer.concat([head, content])
}

/** Entitlements, as their property list. */
export function entitlementsBlob(plist: Buffer): Buffer {
  return blobOf(CSMAGIC_EMBEDDED_ENTITLEMENTS, plist)
}

/** What a certificate made of the code directory (CMS). */
export function cmsBlob(cms: Buffer): Buffer {
  return blobOf(CSMAGIC_BLOBWRAPPER, cms)
}

/**
 * By what a later version is known to be of the same developer, as `codesign` says it for a Developer ID: the identifier, Apple's chain, and
 * the team. `apple` is false for a certificate that is not of Apple's making: then only identifier and team.
 */
export function requirementsBlob({
  identity,
  team,
  apple,
}: {
  identity: string
  team: string | undefined
  apple: boolean
}): Buffer {
  const word = (value: number): Buffer => {
    const out = Buffer.alloc(4)
    out.writeUInt32BE(value)
    return out
  }
  const data = (bytes: Buffer): Buffer => Buffer.concat([word(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)])
  const terms = [
    Buffer.concat([word(OP_IDENT), data(Buffer.from(identity))]),
    ...(apple
      ? [
          word(OP_APPLE_GENERIC),
          Buffer.concat([word(OP_CERT_GENERIC), word(1), data(APPLE_CA), word(MATCH_EXISTS)]),
          Buffer.concat([word(OP_CERT_GENERIC), word(0), data(APPLE_LEAF), word(MATCH_EXISTS)]),
        ]
      : []),
    ...(team === undefined
      ? []
      : [
          Buffer.concat([
            word(OP_CERT_FIELD),
            word(0),
            data(Buffer.from('subject.OU')),
            word(MATCH_EQUAL),
            data(Buffer.from(team)),
          ]),
        ]),
  ]
  // Polish notation: an AND before all but the last.
  const expression = terms.flatMap((term, at) => (at < terms.length - 1 ? [word(OP_AND), term] : [term]))
  const requirement = blobOf(CSMAGIC_REQUIREMENT, Buffer.concat([word(EXPRESSION), ...expression]))
  return blobOf(CSMAGIC_REQUIREMENTS, Buffer.concat([word(1), word(DESIGNATED), word(20), requirement]))
}
