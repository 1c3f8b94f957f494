import { availableParallelism } from 'node:os'
import { constants, deflateRaw } from 'node:zlib'

/** Each block is compressed alone, so this size is part of the output: changing it changes every archive's digest. */
export const BLOCK = 1024 * 1024
/** How far back deflate can point (RFC 1951, 2): each block starts with the end of the one before as its dictionary. */
export const WINDOW = 32 * 1024
/**
 * On Go programs level 9 saves 0.2 to 0.4 % of what 6 makes, and takes up to three times as long (docs/performance.md). Part of
 * the output, too.
 */
const LEVEL = 6
/** Room for a block that cannot be compressed, so that zlib is called once and the flush marker is written once. */
const ROOM = BLOCK + 64 * 1024
/** An empty block with fixed codes, marked as the last (RFC 1951, 3.2.3). */
const LAST = Buffer.from([3, 0])
/** Blocks at work at once. It bounds memory and has no influence on the output. */
const AT_ONCE = Math.min(4, availableParallelism()) + 1

/** Chunks whose compressed form is known: it ends at a byte, and points back no further than `WINDOW` before the chunk. */
export type ReadyChunks = WeakMap<Uint8Array, Buffer>

/**
 * Raw deflate (RFC 1951) at level 6, on the threads of node:zlib. The output depends only on the bytes: neither on how they are
 * cut into chunks, nor on the number of cores. Memory is bounded by a few blocks.
 * @example for await (const chunk of deflate(fileChunks('hello'))) out.write(chunk)
 */
export async function* deflate(source: AsyncIterable<Uint8Array>, ready?: ReadyChunks): AsyncGenerator<Buffer> {
  if (ready === undefined) yield* deflateRun(source, undefined)
  else yield* deflateAround(source, ready)
  yield LAST
}

/** What is ready goes out as it is; what stands between is compressed, with the end of what went out before as dictionary. */
async function* deflateAround(source: AsyncIterable<Uint8Array>, ready: ReadyChunks): AsyncGenerator<Buffer> {
  const iterator = source[Symbol.asyncIterator]()
  let step = await iterator.next()
  const plain = async function* plain(): AsyncGenerator<Uint8Array> {
    for (; step.done !== true && !ready.has(step.value); step = await iterator.next()) yield step.value
  }
  let dictionary: Buffer | undefined
  while (step.done !== true) {
    const done = ready.get(step.value)
    if (done === undefined) {
      yield* deflateRun(plain(), dictionary)
      continue
    }
    yield done
    dictionary = Buffer.from(step.value.subarray(Math.max(0, step.value.length - WINDOW)))
    step = await iterator.next()
  }
}

async function* deflateRun(source: AsyncIterable<Uint8Array>, before: Buffer | undefined): AsyncGenerator<Buffer> {
  const working: Promise<Buffer>[] = []
  const first = async (): Promise<Buffer> => (await working.shift()) ?? Buffer.alloc(0)
  let dictionary = before
  try {
    for await (const block of blocks(source)) {
      working.push(deflateBlock(block, dictionary))
      dictionary = block.subarray(Math.max(0, block.length - WINDOW))
      if (working.length >= AT_ONCE) yield await first()
    }
    while (working.length > 0) yield await first()
  } finally {
    await Promise.allSettled(working)
  }
}

/**
 * The same bytes in blocks of one size; the last may be shorter. The blocks take turns in a few buffers: when one is filled
 * again, the block that was in it is compressed, and so is the next one, which had its end as dictionary.
 */
async function* blocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const ring: Buffer[] = []
  let turn = 0
  let filled = 0
  const room = (size: number): Buffer => {
    const slot = turn % (AT_ONCE + 1)
    const old = ring[slot]
    if (old !== undefined && old.length >= size) return old
    // A small file in one piece needs no whole block.
    const grown = Buffer.allocUnsafeSlow(old === undefined ? size : BLOCK)
    old?.copy(grown)
    ring[slot] = grown
    return grown
  }
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + BLOCK - filled)
      room(filled + part.length).set(part, filled)
      filled += part.length
      at += part.length
      if (filled < BLOCK) continue
      yield room(BLOCK)
      turn += 1
      filled = 0
    }
  }
  if (filled > 0) yield room(filled).subarray(0, filled)
}

function deflateBlock(block: Buffer, dictionary: Buffer | undefined): Promise<Buffer> {
  const options = {
    level: LEVEL,
    chunkSize: ROOM,
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(dictionary === undefined ? {} : { dictionary }),
  }
  const done = new Promise<Buffer>((resolve, reject) => {
    deflateRaw(block, options, (error, result) => {
      if (error) reject(error)
      // The result may be the head of a buffer of a mebibyte: copied, so that the rest of it can go.
      else resolve(result.length < ROOM / 2 ? Buffer.from(result) : result)
    })
  })
  // Awaited in turn; a failure while an earlier block is awaited must not count as unhandled.
  done.catch(() => {})
  return done
}
