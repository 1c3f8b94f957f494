import { createHmac } from 'node:crypto'

/** Version of the protocol that we speak: learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services. */
export const AZURE_VERSION = '2023-11-03'

export interface AzureRequest {
  method: string
  url: URL
  headers: Record<string, string>
  /** Bytes of the body. */
  length: number
}

/**
 * The headers of a request to Azure's storage, signed with an account's key
 * (learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key, "Blob, Queue, and File Services").
 * @param key in base64, as Azure shows it
 */
export function signAzure(
  { method, url, headers, length }: AzureRequest,
  { account, key }: { account: string; key: string },
): Record<string, string> {
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]))
  const plain = [
    'content-encoding',
    'content-language',
    'content-length',
    'content-md5',
    'content-type',
    'date',
    'if-modified-since',
    'if-match',
    'if-none-match',
    'if-unmodified-since',
    'range',
  ].map((name) => (name === 'content-length' ? (length === 0 ? '' : `${length}`) : (own[name] ?? '')))
  const named = Object.keys(own)
    .filter((name) => name.startsWith('x-ms-'))
    .toSorted()
    .map((name) => `${name}:${own[name]}`)
  const parameters = [...url.searchParams].map(([name, value]) => `${name.toLowerCase()}:${value}`).toSorted()
  const toSign = [method, ...plain, ...named, `/${account}${url.pathname}`, ...parameters].join('\n')
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(toSign).digest('base64')
  return { ...own, authorization: `SharedKey ${account}:${signature}` }
}

/**
 * The parts of a connection string: `AccountName=a;AccountKey=b==` → `{ AccountName: 'a', AccountKey: 'b==' }`.
 * @example azureParts(text)['BlobEndpoint']
 */
export function azureParts(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split(';')
      .map((part) => /^([^=]+)=(.*)$/.exec(part.trim()))
      .flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])),
  )
}
