import { z } from 'zod'
import type { SpokeConfig } from '../plan/spoke-config.ts'
import type { AnySpoke, ChannelIO, SpokeEntry } from '../spokes/spoke.ts'
import type { Unit } from '../spokes/unit.ts'
import { saw } from '../spokes/shared/evidence.ts'
import { afterSpoke } from './after-spoke.ts'
import { need, post } from './announce/post.ts'
import { problemAt } from '../spokes/shared/problem.ts'
import { recorder } from './recorder.ts'
import { openText, sealText, secretsIn } from '../spokes/shared/sealed-text.ts'
import { ACTIONS_VARIABLES, workflowIdentity } from '../spokes/shared/workflow-identity.ts'
import { identityCredential } from '../spokes/shared/world-identity.ts'

const REGISTRY = 'https://registry.modelcontextprotocol.io'

const schema = z.strictObject({
  /** server.json (github.com/modelcontextprotocol/registry, docs/reference/server-json). */
  server: z.record(z.string(), z.unknown()),
  name: z.string(),
  version: z.string(),
  auth: z.enum(['none', 'github', 'github-oidc']),
  token: z.string(),
})
type Settings = z.infer<typeof schema>
interface McpUnit extends Unit {
  settings: Settings
}

/** `mcp`: an entry in the registry of the Model Context Protocol. */
export const mcp: AnySpoke = afterSpoke<Settings, McpUnit>({
  name: 'mcp',
  schema,
  settings: resolve,
  credentials: (settings) => [...secretsIn(settings), ...(settings.auth === 'github-oidc' ? ACTIONS_VARIABLES : [])],
  units: (_, settings) => {
    const address = `${REGISTRY}/v0/servers/${encodeURIComponent(settings.name)}/versions/${encodeURIComponent(settings.version)}`
    return [{ id: `mcp:${settings.name}@${settings.version}`, address, needs: [], settings }]
  },
  async observe({ settings, address }, _, io) {
    const { status } = await io.http.request(address, { headers: { accept: 'application/json' }, signal: io.signal })
    if (status === 404) return saw(io, 'absent', `no version ${settings.version}`, address)
    if (status === 200) return saw(io, 'live', `the registry lists ${settings.name} ${settings.version}`, address)
    return saw(io, 'unknown', `it answers ${status}`, address, `the registry answers ${status}`)
  },
  async publish({ settings }, _, __, io) {
    const token = await tokenOf(settings, io)
    const headers = { authorization: `Bearer ${token}` }
    await post(`${REGISTRY}/v0/publish`, { shown: 'the MCP registry', body: settings.server, headers }, io)
  },
  world: {
    client: async () => ({ skipped: 'nothing is installed from it' }),
    server: recorder,
    credential: identityCredential,
  },
})

/** A token of the registry for one of GitHub's; the registry gives one to nobody in particular as well. */
async function tokenOf({ auth, token }: Settings, io: ChannelIO): Promise<string> {
  if (auth === 'github-oidc') {
    const oidc_token = await workflowIdentity('mcp-registry', io)
    return need(
      await post(`${REGISTRY}/v0/auth/github-oidc`, { shown: 'the MCP registry (login)', body: { oidc_token } }, io),
      'registry_token',
      'the MCP registry',
    )
  }
  const way =
    auth === 'github'
      ? { path: 'github-at', body: { github_token: openText(token, io.credentials) } }
      : { path: 'none', body: {} }
  const answer = await post(
    `${REGISTRY}/v0/auth/${way.path}`,
    { shown: 'the MCP registry (login)', body: way.body },
    io,
  )
  return need(answer, 'registry_token', 'the MCP registry')
}

function resolve(config: SpokeConfig): SpokeEntry<Settings>[] {
  const top = config.config.mcp
  const nested = !top?.name && top?.github?.name !== undefined
  const given = nested ? top?.github : top
  const path = nested ? ['mcp', 'github'] : ['mcp']
  if (given?.name === undefined || given.name === '' || config.plan.source.snapshot) return []
  if (config.isTrue(given.disable, [...path, 'disable'])) return []
  const text = (value: string | undefined, ...key: (string | number)[]): string =>
    config.render(value ?? '', [...path, ...key])
  const auth = text(given.auth?.type, 'auth', 'type') || 'none'
  if (auth !== 'none' && auth !== 'github' && auth !== 'github-oidc') {
    problemAt(config, [...path, 'auth', 'type'], `${auth} is no way to log in`, 'use none, github or github-oidc')
    return []
  }
  const token = sealText(config, given.auth?.token, [...path, 'auth', 'token'])
  if (auth === 'github' && secretsIn(token).length === 0) {
    problemAt(
      config,
      [...path, 'auth', 'token'],
      'a token does not stand in a config',
      'write "{{ .Env.NAME_OF_THE_TOKEN }}"',
    )
  }
  const { version } = config.plan
  const url = text(given.repository?.url, 'repository', 'url')
  const filled = (all: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const source = text(given.repository?.source, 'repository', 'source')
  const repository = filled({
    url,
    source,
    id: text(given.repository?.id, 'repository', 'id'),
    subfolder: text(given.repository?.subfolder, 'repository', 'subfolder'),
  })
  const name = text(given.name, 'name')
  const server = {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name,
    description: text(given.description, 'description'),
    ...filled({ title: text(given.title, 'title') }),
    ...(url === '' ? {} : { repository }),
    version,
    ...filled({ websiteUrl: text(given.homepage, 'homepage') }),
    ...((given.packages ?? []).length === 0
      ? {}
      : {
          packages: (given.packages ?? []).map((one, index) => ({
            registryType: one.registry_type,
            identifier: text(one.identifier, 'packages', index, 'identifier'),
            // An image has its version in its name.
            ...(one.registry_type === 'oci' ? {} : { version }),
            transport: { type: one.transport?.type },
          })),
        }),
  }
  return [{ entry: name, settings: { server, name, version, auth, token }, at: path }]
}
