import { readdir, readlink, symlink, unlink } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from './__fixtures__/temporary-folder.ts'
import { withInstallerLock } from './installer-lock.ts'
import { isOwnerAlive, newOwner } from './process-owner.ts'

const signal = new AbortController().signal

/** As many as are asked for do their work under one lock; resolves to how many were at it at once. */
async function race(lock: string, count: number): Promise<number> {
  let inside = 0
  let most = 0
  const work = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await wait(10)
    inside -= 1
  }
  const one = (): Promise<void> => withInstallerLock(lock, newOwner(), { signal, onWait: () => {} }, work)
  await Promise.all(Array.from({ length: count }, one))
  return most
}

test('one at a time works under a lock, and nothing of it stays', async () => {
  await using place = await temporaryFolder()
  const lock = path.join(place.folder, 'lock')
  expect(await race(lock, 4)).toBe(1)
  const failing = withInstallerLock(lock, newOwner(), { signal, onWait: () => {} }, () =>
    Promise.reject(new Error('no')),
  )
  await expect(failing).rejects.toThrow('no')
  expect(await readdir(place.folder)).toEqual([])
})

test('the lock of a dead process goes to one of those that find it', async () => {
  await using place = await temporaryFolder()
  const lock = path.join(place.folder, 'lock')
  // Above what the kernel gives out.
  await symlink('4999999-1-00000000', lock)
  expect(await race(lock, 3)).toBe(1)
  expect(await readdir(place.folder)).toEqual([])
})

test('the lock of a living process is waited for, until the signal fires', async () => {
  await using place = await temporaryFolder()
  const lock = path.join(place.folder, 'lock')
  const owner = newOwner()
  await symlink(owner, lock)
  const stop = new AbortController()
  const reason = new Error('stop')
  const waitedFor: string[] = []
  const onWait = (pid: string): void => {
    waitedFor.push(pid)
    stop.abort(reason)
  }
  const waiting = withInstallerLock(lock, newOwner(), { signal: stop.signal, onWait }, () => Promise.resolve('done'))
  await expect(waiting).rejects.toBe(reason)
  expect(waitedFor).toEqual([String(process.pid)])
  expect(await readlink(lock)).toBe(owner)
  const second = withInstallerLock(lock, newOwner(), { signal, onWait: () => void unlink(lock) }, () =>
    Promise.resolve('done'),
  )
  expect(await second).toBe('done')
})

test('a process is known by its id and its start', () => {
  const owner = newOwner()
  expect(isOwnerAlive(owner)).toBe(true)
  expect(newOwner()).not.toBe(owner)
  const [pid, start, random] = owner.split('-')
  expect(isOwnerAlive(`4999999-${start}-${random}`)).toBe(false)
  expect(isOwnerAlive(`${pid}-${Number(start) + 1}-${random}`)).toBe(false)
  for (const other of ['', '1', `${pid}-${start}`, `-1-0-${random}`]) expect(isOwnerAlive(other)).toBe(false)
})
