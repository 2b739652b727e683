import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { runCell } from './__fixtures__/cells.ts'
import { poolLimits } from './child-pool.ts'
import { openBackend } from './javascript-backend.ts'

const rogue = fileURLToPath(new URL('./__fixtures__/rogue-child.ts', import.meta.url))
const open = (way: string): ReturnType<typeof openBackend> =>
  openBackend({ launch: () => ({ command: execPath, args: [rogue, way] }) }, { ...poolLimits, spread: 1 })

describe('a child that sends what nobody asked for', () => {
  it.each(['forged', 'garbage', 'long', 'field', 'type', 'blob'])(
    '%s: ends as a violation of the protocol',
    async (way) => {
      await using backend = open(way)
      await using session = await backend.open()
      await using other = await backend.open()
      expect(await runCell(session, '1')).toEqual({ kind: 'protocol_violation' })
      expect(await runCell(other, '1')).toEqual({ kind: 'protocol_violation' })
    },
  )

  it('cannot answer the next call in advance', async () => {
    await using backend = open('twice')
    await using session = await backend.open()
    await runCell(session, '1')
    expect(await runCell(session, '2')).toEqual({ kind: 'protocol_violation' })
  })

  it('has half characters mended', async () => {
    await using backend = open('half')
    await using session = await backend.open()
    expect(await runCell(session, '1')).toMatchObject({ kind: 'replied', reply: { value: '\ufffd' } })
  })
})

describe('a child that does not answer', () => {
  it('takes the one session that was at work with it, and displaces the others', async () => {
    await using backend = open('hang up')
    await using session = await backend.open()
    await using other = await backend.open()
    expect(await runCell(session, '1')).toEqual({ kind: 'crashed' })
    expect(await runCell(other, '1')).toEqual({ kind: 'displaced' })
  })

  it('blames none of several', async () => {
    await using backend = open('mute')
    await using one = await backend.open()
    await using other = await backend.open()
    const ends = await Promise.all([runCell(one, '1', { timeoutMs: 50 }), runCell(other, '1', { timeoutMs: 50 })])
    expect(ends).toEqual([{ kind: 'displaced' }, { kind: 'displaced' }])
  })
})
