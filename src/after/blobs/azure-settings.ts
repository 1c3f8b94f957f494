import { azureParts } from '../../external/azure-storage.ts'
import type { SpokeConfig } from '../../plan/spoke-config.ts'
import { problemAt } from '../../spokes/shared/problem.ts'

/** By which of Azure's credentials a container knows us. */
export const AZURE_ACCESS = ['key', 'sas', 'connection', 'client'] as const

export interface AzureSettings {
  /** Address of the container, without a slash at the end. */
  base: string
  account: string
  access: (typeof AZURE_ACCESS)[number]
}

const TRUE = /^(1|t|true)$/i
/** Stands in an address until the account's name is known. */
const UNKNOWN = 'account'

/**
 * Where a container of Azure is and how it knows us, by the variables that GoReleaser reads (pkg.go.dev/gocloud.dev/blob/azureblob):
 * account and key first, then a SAS, then a connection string, then an application of Entra. No secret is in it.
 */
export function azureSettings(config: SpokeConfig, path: (string | number)[], container: string): AzureSettings {
  const value = (name: string): string => config.env?.[name] ?? ''
  const bad = (message: string, mend: string): void => problemAt(config, [...path, 'provider'], message, mend)
  const parts = azureParts(value('AZURE_STORAGE_CONNECTION_STRING') || value('AZURE_STORAGEBLOB_CONNECTIONSTRING'))
  const account = value('AZURE_STORAGE_ACCOUNT') || (parts['AccountName'] ?? '')
  const access = accessOf(value, Object.keys(parts).length > 0)
  const protocol = value('AZURE_STORAGE_PROTOCOL') || (parts['DefaultEndpointsProtocol'] ?? '') || 'https'
  if (protocol !== 'https' && protocol !== 'http')
    bad(`${protocol} is no protocol`, 'set AZURE_STORAGE_PROTOCOL to https')
  const domain = value('AZURE_STORAGE_DOMAIN') || 'blob.core.windows.net'
  const local = /^(127\.0\.0\.1|localhost)/.test(domain) || TRUE.test(value('AZURE_STORAGE_IS_LOCAL_EMULATOR'))
  const host = (name: string): string => {
    if (access === 'connection') {
      const own = parts['BlobEndpoint']?.replace(/\/+$/, '')
      return own ?? `${protocol}://${name}.blob.${parts['EndpointSuffix'] ?? 'core.windows.net'}`
    }
    if (local) return `${protocol}://${domain}/${name}`
    return TRUE.test(value('AZURE_STORAGE_IS_CDN')) ? `${protocol}://${domain}` : `${protocol}://${name}.${domain}`
  }
  const base = `${host(account || UNKNOWN)}/${container}`
  if (!URL.canParse(base)) bad('no address of Azure comes of AZURE_STORAGE_ACCOUNT and its fellows', 'look at them')
  return { base, account, access }
}

function accessOf(value: (name: string) => string, isConnected: boolean): AzureSettings['access'] {
  if (value('AZURE_STORAGE_ACCOUNT') !== '' && value('AZURE_STORAGE_KEY') !== '') return 'key'
  if (value('AZURE_STORAGE_SAS_TOKEN') !== '') return 'sas'
  if (isConnected) return 'connection'
  return value('AZURE_TENANT_ID') !== '' && value('AZURE_CLIENT_ID') !== '' ? 'client' : 'key'
}
