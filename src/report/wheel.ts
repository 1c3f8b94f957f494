import { redact } from '../core/secrets.ts'
import type { Observation, State } from '../core/states.ts'

/** What the picture is drawn from: the hub in the middle, a spoke per channel. */
export interface Wheel {
  title: string
  /** Under the title: tag, commit, when. */
  facts: [string, string][]
  hub: { name: string; address: string; state: State; files: number }
  spokes: WheelSpoke[]
  /** Further tables below the picture. */
  sections: { title: string; rows: string[][] }[]
}

export interface WheelSpoke {
  /** `npm @scope/hello`. */
  name: string
  /** The worst state of its units, or `skipped`. */
  state: State | 'skipped'
  skip?: string
  /** The client that installed it: `npm 11.19.1: installed by its client`. */
  proof?: string
  units: { id: string; address: string; observation: Observation; actions: string[] }[]
}

const COLOURS: Record<State | 'skipped', string> = {
  live: '#1a7f4b',
  superseded: '#4a6fa5',
  staged: '#8a63d2',
  pending: '#b7791f',
  deferred: '#b7791f',
  partial: '#b7791f',
  absent: '#9aa0a6',
  retracted: '#9aa0a6',
  skipped: '#9aa0a6',
  unknown: '#c05621',
  mismatch: '#c53030',
  blocked: '#c53030',
}

/** A page of its own, without scripts or anything from outside: the wheel as SVG, the evidence behind each spoke below. */
export function wheelPage(wheel: Wheel): string {
  return redact(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(wheel.title)}</title>
<style>${STYLE}</style>
<h1>${escape(wheel.title)}</h1>
<dl>${wheel.facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join('')}</dl>
${wheelSvg(wheel)}
${wheel.spokes.map(details).join('\n')}
${wheel.sections.map(section).join('\n')}
</html>
`)
}

/** The picture alone. Spokes start at the top and go round with the clock. */
export function wheelSvg(wheel: Wheel): string {
  const centre = { x: 400, y: 260 }
  const count = Math.max(1, wheel.spokes.length)
  const parts = wheel.spokes.map((spoke, at) => {
    const angle = (at / count) * 2 * Math.PI - Math.PI / 2
    const x = Math.round(centre.x + 270 * Math.cos(angle))
    const y = Math.round(centre.y + 185 * Math.sin(angle))
    const colour = COLOURS[spoke.state]
    const dash = spoke.state === 'skipped' ? ' stroke-dasharray="5 5"' : ''
    return `<a href="#s${at}"><line x1="${centre.x}" y1="${centre.y}" x2="${x}" y2="${y}" stroke="${colour}" stroke-width="4"${dash}/>
<rect x="${x - 122}" y="${y - 25}" width="244" height="50" rx="25" fill="#fff" stroke="${colour}" stroke-width="3"/>
<text x="${x}" y="${y - 3}">${escape(short(spoke.name, 32))}</text><text x="${x}" y="${y + 14}" class="state" fill="${colour}">${spoke.state}</text></a>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 520" role="img" aria-label="the hub and its spokes">
${parts.join('\n')}
<circle cx="${centre.x}" cy="${centre.y}" r="66" fill="${COLOURS[wheel.hub.state]}"/>
<text x="${centre.x}" y="${centre.y - 8}" class="hub">${escape(short(wheel.hub.name, 18))}</text>
<text x="${centre.x}" y="${centre.y + 12}" class="hub small">${wheel.hub.state}, ${wheel.hub.files} files</text>
</svg>`
}

function details(spoke: WheelSpoke, at: number): string {
  const rows = spoke.units
    .map(
      (unit) => `<tr><td>${escape(unit.id)}<br><a href="${escape(unit.address)}">${escape(unit.address)}</a></td>
<td style="color:${COLOURS[unit.observation.state]}">${unit.observation.state}${unit.observation.reason === undefined ? '' : `<br><small>${escape(unit.observation.reason)}</small>`}</td>
<td>${escape(unit.actions.join(', '))}</td><td>${unit.observation.evidence.map(evidence).join('<br>')}</td></tr>`,
    )
    .join('\n')
  const proof = spoke.proof === undefined ? '' : `<p>${escape(spoke.proof)}</p>`
  const skip = spoke.skip === undefined ? '' : `<p>skipped: ${escape(spoke.skip)}</p>`
  const table =
    rows === ''
      ? ''
      : `<table class="units"><tr><th>unit</th><th>state</th><th>done</th><th>evidence</th></tr>${rows}</table>`
  return `<h2 id="s${at}">${escape(spoke.name)}</h2>${proof}${skip}${table}`
}

function evidence(one: Observation['evidence'][number]): string {
  const digest = one.digest === undefined ? '' : ` <code>${escape(one.digest)}</code>`
  return `${escape(one.what)} <small>${escape(one.from)}, ${escape(one.at)}</small>${digest}`
}

function section({ title, rows }: { title: string; rows: string[][] }): string {
  const cells = rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`).join('\n')
  return `<h2>${escape(title)}</h2><table>${cells}</table>`
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2em auto;padding:0 1em;color:#1f2328}
dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em}dt{color:#57606a}dd{margin:0}
svg{width:100%;height:auto}text{font:13px system-ui,sans-serif;text-anchor:middle}.state{font-size:12px}.hub{fill:#fff;font-weight:600;font-size:15px}.small{font-weight:400;font-size:12px}
table{border-collapse:collapse;width:100%;font-size:13px}td,th{border-bottom:1px solid #d0d7de;padding:.4em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
.units td:nth-child(2),.units th,.units td:nth-child(3){white-space:nowrap;overflow-wrap:normal}.units td:first-child{min-width:16em}code{font-size:11px}small{color:#57606a}`
