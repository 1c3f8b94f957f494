import { packAll } from './pack.ts'

/** Packs what lies at a path, in a process of its own: `node big.mjs <root> <format>`. Prints the most memory that it took, in MiB. */
const [root = '', format = ''] = process.argv.slice(2)
const yaml = `version: 2
project_name: hello
builds: [{ goos: [linux], goarch: [amd64] }]
nfpms: [{ formats: [${format}], maintainer: a, contents: [{ src: big, dst: /big }], deb: { compression: zstd } }]
`
const { made } = await packAll(root, yaml)
process.stdout.write(JSON.stringify({ size: made[0]?.size, mib: Math.round(process.resourceUsage().maxRSS / 1024) }))
