import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nodeIO } from './node-functions.ts'
import { goreleaserFunctions, GoTime, int64, render, uint64 } from './template.ts'

const cwd = mkdtempSync(join(tmpdir(), 'template-functions-'))
afterAll(() => rmSync(cwd, { recursive: true }))
writeFileSync(join(cwd, 'subject'), 'lorem ipsum')
writeFileSync(join(cwd, 'spaced.txt'), '\n  this is it \n')
const env = { FOO: 'bar', EMPTY: '' }
const now = new Date('2026-07-28T01:02:03Z')
const functions = goreleaserFunctions(nodeIO({ cwd, env, now }))
const show = (template: string, data: Record<string, unknown> = {}) => render(template, data, functions)

describe('title, as golang.org/x/text v0.37.0 gives it', () => {
  it.each([
    ['darwin', 'Darwin'],
    ['FREEBSD', 'Freebsd'],
    ["macOS isn't darwin", "Macos Isn't Darwin"],
    ['foo-bar_baz', 'Foo-Bar_baz'],
    ['a.b c:d', 'A.b C:d'],
    ['x86_64', 'X86_64'],
    ['v1.2.3abc', 'V1.2.3abc'],
    ['1st 2nd', '1St 2Nd'],
    ["don''t a..b", "Don''T A..B"],
    ['ß straße', 'Ss Straße'],
    ['ΟΔΟΣ odos', 'Οδος Odos'],
    ['ǆur', 'ǅur'],
    ['ﬁne', 'Fine'],
    ['日本a語b', '日本A語B'],
    ['a·b', 'A·b'],
    ['a/b\\c', 'A/B\\C'],
    ['foo\tbar\nbaz', 'Foo\tBar\nBaz'],
    ['été', 'Été'],
    ['o’neil', 'O’neil'],
    ['²a', '²A'],
    ['Ⅷa', 'Ⅷa'],
    ['ªb cª', 'ªb Cª'],
    ['ab\u0301c', 'Ab\u0301c'],
    ['カaカb', 'カAカB'],
    ['ひaひb', 'ひAひB'],
    ['ไทยaไทยb', 'ไทยAไทยB'],
    ['a~b^c`d', 'A~B^C`D'],
  ])('%s → %s', (text, expected) => {
    expect(show('{{ title .T }}', { T: text })).toBe(expected)
  })

  it('ends a word at every sign of ASCII but these', () => {
    const signs = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
    const inside = signs.filter((sign) => show('{{ title .T }}', { T: `a${sign}b` }) === `A${sign}b`)
    expect(inside.join('').replaceAll(/[a-z]/g, '')).toBe("'.0123456789:_")
  })
})

describe('versions, as Masterminds/semver v3.5.0 counts them', () => {
  it.each([
    ['v1.2.3', 'v2.0.0', 'v1.3.0', 'v1.2.4'],
    ['1.2.3', '2.0.0', '1.3.0', '1.2.4'],
    ['1.2', '2.0.0', '1.3.0', '1.2.1'],
    ['v1', 'v2.0.0', 'v1.1.0', 'v1.0.1'],
    ['1.2.3-rc.1', '2.0.0', '1.3.0', '1.2.3'],
    ['v1.2.3-rc.1+meta', 'v2.0.0', 'v1.3.0', 'v1.2.3'],
    ['1.2.3+meta', '2.0.0', '1.3.0', '1.2.4'],
    ['01.02.03', '2.0.0', '1.3.0', '1.2.4'],
    ['1.2.3-1', '2.0.0', '1.3.0', '1.2.3'],
    ['18446744073709551615.0.0', undefined, '18446744073709551615.1.0', '18446744073709551615.0.1'],
  ])('%s', (version, major, minor, patch) => {
    const next = () => {
      try {
        return show('{{ incmajor .V }}', { V: version })
      } catch {
        return undefined
      }
    }
    expect(next()).toBe(major)
    expect(show('{{ incminor .V }} {{ incpatch .V }}', { V: version })).toBe(`${minor} ${patch}`)
  })

  it.each([
    '',
    'v',
    'a.b.c',
    '1.2.3.4',
    '1.2.3-',
    '1.2.3-01',
    'V1.2.3',
    '1.2.3-a..b',
    ' 1.2.3',
    '18446744073709551616.0.0',
  ])('refuses %j', (version) => expect(() => show('{{ incpatch .V }}', { V: version })).toThrow(/incpatch: /))
})

describe('files', () => {
  // The digests stand in GoReleaser's own test of these functions, for the same text.
  it.each([
    [
      'blake2b',
      'ca0dbbe27fca7e5d97b612a76b66d9d42fd67ece4265a50c09ccaefcdc03d9d5a87fa1fddc926ae10c6667342c69df5c33117cf636fca82ac1377c2b4e23e2bc',
    ],
    ['blake2s', '7cd93f6d174040f3618982922701c54ec5b02dd28902b5160628b1d5516a62c9'],
    ['blake3', '25352ae068b54a93ef60942c085da23a321a7f7985193910221cd4fffff5ffb6'],
    ['crc32', '72d7748e'],
    ['md5', '80a751fde577028640c419000e33eba6'],
    ['sha1', 'bfb7759a67daeb65410490b4d98bb9da7d1ea2ce'],
    ['sha224', 'e191edf06005712583518ced92cc2ac2fac8d6e4623b021a50736a91'],
    ['sha256', '5e2bf57d3f40c4b6df69daf1936cb766f832374b4fc0259a7cbff06e2f70f269'],
    ['sha384', '597493a6cf1289757524e54dfd6f68b332c7214a716a3358911ef5c09907adc8a654a18c1d721e183b0025f996f6e246'],
    ['sha3_224', '6ef5918377a5309c4b8b41a4a1d9c680cc3259e7a7619f47ca345714'],
    ['sha3_256', '784335e2ae23886cb5fa1261fc3dfbaee12623241791c5e4d78b0da619a78051'],
    ['sha3_384', 'ba6ea7b48af10d7025c4b0c6a105f410278705020d921377c729fe41e88cd9fc2b851002b4cc5a42ba5c34ca8a07b36d'],
  ])('%s', (name, digest) => {
    expect(show(`{{ ${name} "subject" }}`)).toBe(digest)
    expect(() => show(`{{ ${name} "missing" }}`)).toThrow(/ENOENT/)
  })

  it('sha512 and sha3_512 have 64 bytes', () => {
    expect(show('{{ sha512 "subject" | len }} {{ sha3_512 .Path | len }}', { Path: join(cwd, 'subject') })).toBe(
      '128 128',
    )
  })

  it('reads from the folder it is told, trimmed', () => {
    expect(show('[{{ readFile "./spaced.txt" }}][{{ mustReadFile "spaced.txt" }}]')).toBe('[this is it][this is it]')
    expect(show('[{{ readFile "missing" }}][{{ readFile "~/.no-such-file-here" }}]')).toBe('[][]')
    expect(() => show('{{ mustReadFile "~/.no-such-file-here" }}')).toThrow(join(homedir(), '.no-such-file-here'))
    expect(show('{{ abs "file" }}')).toBe(join(cwd, 'file'))
  })
})

describe('the rest', () => {
  it.each([
    ['{{ envOrDefault "FOO" "x" }} {{ envOrDefault "NO" "x" }} [{{ envOrDefault "EMPTY" "x" }}]', 'bar x []'],
    ['{{ isEnvSet "FOO" }} {{ isEnvSet "EMPTY" }} {{ isEnvSet "NO" }}', 'true false false'],
    ['{{ time "2006-01-02T15:04:05Z07:00" }}', '2026-07-28T01:02:03Z'],
    ['{{ mdv2escape "aaa_*[]()~`>#+-=|{}.!" }}', 'aaa\\_\\*\\[\\]\\(\\)\\~\\`\\>\\#\\+\\-\\=\\|\\{\\}\\.\\!'],
    ['{{ $m := map "a" "1" "b" "2" }}{{ index $m "a" }}{{ indexOrDefault $m "c" "3" }}{{ index $m "z" }}', '13'],
    ['{{ list "many" "" "more" "items" " " | englishJoin }}', 'many, more, and items'],
    ['{{ in (list "a" "b") "b" }}{{ in (list "a") "b" }}', 'truefalse'],
    ['{{ reReplaceAll "(.*)" "foo" "bar-$1" }}', 'bar-foo'],
    ['{{ list "a" "b" "ca" | listExclude "^a$" }}', '[b ca]'],
    [
      '{{ .Now.Unix }} {{ .Now.Format "Mon Jan _2" }} {{ .Now.Month }} {{ printf "%d" .Now.Month }}',
      '1785200523 Tue Jul 28 July 7',
    ],
    ['{{ .Major }} {{ gt .Major 0 }} {{ printf "%T %T" .Major .Stamp }} {{ eq .Major 1 }}', '1 true uint64 int64 true'],
  ])('%s', (template, expected) => {
    expect(show(template, { Now: new GoTime(now), Major: uint64(1), Stamp: int64(5) })).toBe(expected)
  })
})
