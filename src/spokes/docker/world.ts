import { parseImageName } from '../../external/oci-registry.ts'
import type { Unit } from '../spoke.ts'
import type { ClientIO, World } from '../world.ts'
import { withBase } from './base-mark.ts'
import { checkWithClients } from './client.ts'
import type { ExpectedImage } from './client.ts'
import { expectedOf } from './expected.ts'
import { loginVariables } from './login.ts'
import { parseSettings } from './settings.ts'
import { ociRegistryServer } from './world-server.ts'

/** Registries on loopback at every host that images are published to, and the clients that read them. */
export const dockerWorld: World = {
  server: ociRegistryServer,
  hosts: hostsOf,
  logins: (settings) =>
    hostsOf(settings).flatMap((host) =>
      loginVariables(host)
        .slice(0, 2)
        .flatMap(([first]) => first ?? []),
    ),
  client: (_units: Unit[], settings: unknown, io: ClientIO) => checkWithClients(expected(settings, io), io),
}

function hostsOf(settings: unknown): string[] {
  const plain = parseSettings(settings).names.map((name) => withBase(name, { name: 'base', digest: 'digest' }))
  return [...new Set(plain.map((name) => parseImageName(name).host))]
}

/** What the hub says that must be in the image. A name that holds what is known of the base only later is left out. */
function expected(given: unknown, io: ClientIO): ExpectedImage {
  const settings = parseSettings(given)
  const none = { name: '', digest: '' }
  const names = settings.names.filter((one) => withBase(one, none) === one)
  const platforms = expectedOf(settings, io.hub.manifest).map(({ name, files, any }) => ({
    name,
    any,
    programs: files.flatMap(({ bytes }) =>
      // A package that is only copied is compared when it is verified.
      bytes.flatMap(({ size, sha256, program }) =>
        program === undefined || (!any && bytes.length > 1) ? [] : [{ name: program, size, sha256 }],
      ),
    ),
  }))
  return { names, platforms }
}
