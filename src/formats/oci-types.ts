/** Media types of https://github.com/opencontainers/image-spec/blob/main/media-types.md, and those of Docker that stand for the same. */
export const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  inToto: 'application/vnd.in-toto+json',
} as const

/** What a manifest or an index says of a blob or of another manifest. */
export interface OciDescriptor {
  mediaType: string
  digest: string
  size: number
  annotations?: Record<string, string>
  platform?: OciPlatform
}

export interface OciPlatform {
  os: string
  architecture: string
  variant?: string
  'os.version'?: string
}

export interface OciManifest {
  schemaVersion: 2
  mediaType?: string
  config: OciDescriptor
  layers: OciDescriptor[]
  annotations?: Record<string, string>
}

export interface OciIndex {
  schemaVersion: 2
  mediaType?: string
  manifests: OciDescriptor[]
  annotations?: Record<string, string>
}

/** What a container starts with; the keys are those of the image config (image-spec, config.md). */
export interface OciRunConfig {
  User?: string
  ExposedPorts?: Record<string, object>
  Env?: string[]
  Entrypoint?: string[] | null
  Cmd?: string[] | null
  Volumes?: Record<string, object>
  WorkingDir?: string
  Labels?: Record<string, string>
  StopSignal?: string
  ArgsEscaped?: boolean
  /** Docker's own; times are nanoseconds. */
  Healthcheck?: {
    Test: string[]
    Interval?: number
    Timeout?: number
    StartPeriod?: number
    StartInterval?: number
    Retries?: number
  }
  Shell?: string[]
  OnBuild?: string[]
}

export interface OciHistory {
  created?: string
  created_by?: string
  author?: string
  comment?: string
  empty_layer?: boolean
}

export interface OciConfig extends OciPlatform {
  created?: string
  author?: string
  config?: OciRunConfig
  rootfs: { type: 'layers'; diff_ids: string[] }
  history?: OciHistory[]
}
