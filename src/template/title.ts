const CASED = /^\p{Cased}$/u
/** Word-break classes of Unicode's annex 29, as coarse as x/text/cases takes them: these never end a word … */
const JOINING = /^[\p{L}\p{N}\p{M}\p{Pc}\p{Cf}]$/u
const NOT_JOINING =
  /^(?:[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}\p{No}]|(?!\p{M})[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])$/u
/** … and these stand inside one, but two of them end it. */
const MIDDLE = /^['.:\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a]$/
const DIGRAPHS: Record<string, string> = { ǆ: 'ǅ', Ǆ: 'ǅ', ǉ: 'ǈ', Ǉ: 'ǈ', ǌ: 'ǋ', Ǌ: 'ǋ', ǳ: 'ǲ', Ǳ: 'ǲ' }

/**
 * English title case, as golang.org/x/text/cases does it: each word's first letter large, the others small.
 * @example titleCase("macOS isn't darwin") // "Macos Isn't Darwin"
 */
export function titleCase(text: string): string {
  let out = ''
  let inside = false
  let before = false
  let at = 0
  for (const character of text) {
    at += character.length
    const middle = MIDDLE.test(character)
    if (before && middle) inside = false
    if (CASED.test(character)) {
      out += inside ? small(character, text, at) : large(character)
      inside = true
    } else {
      out += character
      if (!middle && (!JOINING.test(character) || NOT_JOINING.test(character))) inside = false
    }
    before = middle
  }
  return out
}

/** A sigma at the end of a word is another letter. */
function small(character: string, text: string, next: number): string {
  if (character !== 'Σ') return character.toLowerCase()
  return /^\p{Case_Ignorable}*\p{Cased}/u.test(text.slice(next, next + 50)) ? 'σ' : 'ς'
}

function large(character: string): string {
  if (Object.hasOwn(DIGRAPHS, character)) return DIGRAPHS[character] ?? character
  const upper = Array.from(character.toUpperCase())
  return (upper[0] ?? '') + upper.slice(1).join('').toLowerCase()
}
