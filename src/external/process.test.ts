import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keepSecret } from '../core/secrets.ts'
import { tempFolder } from '../core/temp.ts'
import { run } from './process.ts'
import { isRunning } from './test-process.ts'

const NODE = process.execPath

describe('run', () => {
  it('gives the status and both streams; a failure is an answer', async () => {
    const script = 'process.stdout.write("out"); process.stderr.write("err"); process.exitCode = 3'
    expect(await run([NODE, '-e', script])).toMatchObject({ code: 3, stdout: 'out', stderr: 'err' })
  })

  it('uses no shell', async () => {
    const words = ['a b', '$HOME', '; id', '"']
    const { stdout } = await run([NODE, '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words])
    expect(JSON.parse(stdout)).toEqual(words)
  })

  it('gives whole lines, masked, even where a letter is cut in two', async () => {
    keepSecret('s3cret-value')
    const script = `const b = Buffer.from('grüße s3cret-value\\nlast');
      process.stdout.write(b.subarray(0, 3)); setTimeout(() => process.stdout.write(b.subarray(3)), 50)`
    const lines: string[] = []
    await run([NODE, '-e', script], { onLine: (line) => lines.push(line) })
    expect(lines).toEqual(['grüße ***', 'last'])
  })

  it('tells a program that is missing from a folder that is missing', async () => {
    await expect(run(['no-such-program-anywhere'])).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'no-such-program-anywhere is not on the PATH',
    })
    await expect(run([NODE, '-v'], { cwd: '/no/such/folder' })).rejects.toThrow('there is no folder /no/such/folder')
  })

  it('tells what is missing of a program that is named by its place', async () => {
    await using folder = await tempFolder('process')
    await expect(run(['.tool/sign'], { cwd: folder.path })).rejects.toThrow('there is no file .tool/sign')
    await writeFile(join(folder.path, 'hook'), '#!/no/such/shell\n', { mode: 0o755 })
    await expect(run(['./hook'], { cwd: folder.path })).rejects.toThrow(
      './hook could not be started: the program of its first line (#!/no/such/shell) is missing',
    )
  })

  it('ends the whole tree when it is stopped', async () => {
    await using folder = await tempFolder('process')
    await mkdir(join(folder.path, 'x'))
    await writeFile(join(folder.path, 'run.sh'), 'sleep 60 & echo $!; wait')
    const stop = new AbortController()
    let child = 0
    const running = run(['sh', join(folder.path, 'run.sh')], {
      signal: stop.signal,
      onLine: (line) => {
        child = Number(line)
        stop.abort(new Error('enough'))
      },
    })
    await expect(running).rejects.toThrow('enough')
    await expect.poll(() => isRunning(child)).toBe(false)
  })
})
