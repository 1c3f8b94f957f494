/**
 * The name of a formula's Ruby class, as Homebrew's `Formulary.class_s` makes it of the file's name.
 * @example className('foo_bar@6.0') // 'FooBarAT60'
 */
export function className(name: string): string {
  const lower = name.toLowerCase()
  let out = lower.slice(0, 1).toUpperCase()
  for (let at = 1; at < lower.length; at++) {
    const one = lower.charAt(at)
    const next = lower.charAt(at + 1)
    if ('-_. '.includes(one)) {
      out += next.toUpperCase()
      at++
    } else if (one === '+') {
      out += 'x'
    } else if (one === '@' && /^[0-9]$/.test(next)) {
      out += `AT${next}`
      at++
    } else {
      out += one
    }
  }
  return out
}

/**
 * The token of a cask: lower case, hyphens for spaces.
 * @example caskToken('My App') // 'my-app'
 */
export function caskToken(name: string): string {
  return name.replaceAll(' ', '-').toLowerCase()
}
