import { expect, test } from 'vitest'
import { contentTypeOfBytes } from './content-type.ts'

// What Go's http.DetectContentType (1.26) says of the same bytes.
test.each([
  ['', 'text/plain; charset=utf-8'],
  ['9f86d08 hello.tar.gz\n', 'text/plain; charset=utf-8'],
  ['{"a":1}', 'text/plain; charset=utf-8'],
  ['\x1b[1mbold', 'text/plain; charset=utf-8'],
  ['\x1f\x8b\x08\x00', 'application/x-gzip'],
  ['PK\x03\x04\x14', 'application/zip'],
  ['\x7fELF\x02', 'application/octet-stream'],
  ['\xfd7zXZ\x00', 'application/octet-stream'],
  ['!<arch>\ndebian-binary   0 `\n2.0\n\x1f\x8b', 'application/octet-stream'],
  [' \n<?xml version="1.0"?>', 'text/xml; charset=utf-8'],
  [' <!doctype html><p>', 'text/html; charset=utf-8'],
  ['<abbr>', 'text/plain; charset=utf-8'],
  ['\xef\xbb\xbfhello', 'text/plain; charset=utf-8'],
  ['\x00asm\x01', 'application/wasm'],
  ['%PDF-1.7', 'application/pdf'],
])('%j is %s', (text, type) => expect(contentTypeOfBytes(Buffer.from(text, 'latin1'))).toBe(type))
