import { z } from 'zod'

/** A message to a service, as it is sealed: texts rendered, secrets as marks. Further facts of the service stand in `facts`. */
export const messageSchema = z.strictObject({
  service: z.string(),
  text: z.string(),
  title: z.string(),
  facts: z.record(z.string(), z.string()),
  /** JSON that is sent as it is (blocks of Slack). */
  parts: z.record(z.string(), z.string()),
  headers: z.record(z.string(), z.string()),
  /** Statuses that are no failure; any from 200 to 299 when empty. */
  expected: z.array(z.number()),
  releaseUrl: z.string(),
  /** The variables that it needs. */
  secrets: z.array(z.string()),
  tokenEnv: z.string(),
})
export type Message = z.infer<typeof messageSchema>
