import pLimit from 'p-limit'
import { TagonceError } from '../../core/errors.ts'
import type { Observation } from '../../core/states.ts'
import type { HubReader } from '../../hub/hub.ts'
import type { ChannelIO } from '../spoke.ts'
import { attestationFields } from './attestations.ts'
import { reader, refused, writer } from './index-client.ts'
import { formFields } from './metadata.ts'
import { normalName } from './name.ts'
import { packed } from './pack.ts'
import type { PypiUnit } from './units.ts'

const turns = new WeakMap<HubReader, Map<string, ReturnType<typeof pLimit>>>()

/**
 * Uploads a wheel. A file name is taken once by the index's own rule, and the same bytes a second time are no fault there. The
 * wheels of a project go one after the other, since the first may have to create it.
 */
export async function publishUnit(unit: PypiUnit, seen: Observation, hub: HubReader, io: ChannelIO): Promise<void> {
  if (unit.role === 'pointer') return publishPointer(seen)
  if (seen.state !== 'absent') {
    if (seen.state === 'live') return
    throw new TagonceError('spoke', `${unit.id} is ${seen.state}${seen.reason === undefined ? '' : `: ${seen.reason}`}`)
  }
  const known = turns.get(hub) ?? new Map<string, ReturnType<typeof pLimit>>()
  turns.set(hub, known)
  const key = `${unit.settings.index.upload} ${normalName(unit.settings.name)}`
  const turn = known.get(key) ?? pLimit(1)
  known.set(key, turn)
  const wheel = await packed(unit, hub, io)
  const { settings } = unit
  const attested = await attestationFields(settings, { filename: unit.file, sha256: wheel.sha256 }, io)
  await turn(async () => {
    io.signal.throwIfAborted()
    const answer = await writer(settings, io).upload({
      path: wheel.path,
      size: wheel.size,
      filename: unit.file,
      sha256: wheel.sha256,
      fields: [...formFields(settings, wheel.readme), ...attested],
    })
    if (answer.status < 300) return
    // Somebody else was faster, or our own answer was lost on an earlier try: the world decides.
    if (answer.status === 409 || (answer.status === 400 && /File already exists/i.test(answer.message))) {
      const page = await reader(settings, io).project(normalName(settings.name))
      const listed = page.body?.files.find((one) => one.filename === unit.file)
      if (listed?.sha256 === wheel.sha256) return
      const there =
        listed === undefined
          ? 'its bytes are there under another name'
          : `it is there with sha256:${listed.sha256 ?? 'unknown'}`
      throw new TagonceError(
        'spoke',
        `${unit.file} cannot be uploaded: ${there}, the hub gives sha256:${wheel.sha256}`,
        {
          hint: 'a file name can be used once only: tag a new version',
        },
      )
    }
    throw refused(`uploading ${unit.file}`, answer, settings)
  })
}

/** PyPI moves it by itself, when the wheels are there. */
function publishPointer(seen: Observation): void {
  if (seen.state !== 'superseded') return
  throw new TagonceError('spoke', `PyPI itself says which version is the latest, and nobody can move it back`, {
    hint: 'yank the newer version on the website: pip then takes the one before',
  })
}
