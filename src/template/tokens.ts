import { TemplateError } from './error.ts'
import { lex } from './lexer.ts'
import type { Token, TokenKind } from './lexer.ts'

/** The tokens of a template, read one after the other. A word is a token that is no space. */
export class TokenReader {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(text: string) {
    this.#text = text
    this.#tokens = lex(text)
  }

  peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] as Token
  }

  take(): Token {
    const token = this.peek()
    this.#next++
    return token
  }

  peekWord(): Token {
    while (this.peek().kind === 'space') this.#next++
    return this.peek()
  }

  takeWord(): Token {
    this.peekWord()
    return this.take()
  }

  /** Gives the last token back. */
  back(): void {
    this.#next--
  }

  mark(): number {
    return this.#next
  }

  reset(mark: number): void {
    this.#next = mark
  }

  expect(kind: TokenKind, where: string): Token {
    const token = this.takeWord()
    return token.kind === kind ? token : this.unexpected(token, where)
  }

  unexpected(token: Token, where: string): never {
    if (token.kind === 'end')
      this.fail(`the template ends where ${where} goes on; {{ end }} may be missing`, token.offset)
    return this.fail(`${JSON.stringify(token.text)} is not expected in ${where}`, token.offset)
  }

  fail(message: string, offset: number, choices: readonly string[] = []): never {
    throw new TemplateError(message, this.#text, offset, choices)
  }
}
