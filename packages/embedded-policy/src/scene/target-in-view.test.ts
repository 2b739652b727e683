import type { Media, Trajectory } from '@interleave/trajectory'
import { exampleTrajectory } from '@interleave/trajectory/testing'
import { describe, expect, it } from 'vitest'
import { targetInView } from './target-in-view.ts'

const hash = (digit: string): string => digit.repeat(64)
const picture: Media = { hash: hash('a'), mime: 'image/jpeg', width: 2048, height: 1536 }

/** A rollout on a picture with its target, that was shown these parts of images. */
function shown(target: readonly number[], parts: readonly Media[], hidden: readonly Media[] = []): Trajectory {
  const base = exampleTrajectory()
  const [prompt, ...rest] = base.segments
  const images = [picture, ...parts].map((image, at) => ({
    hash: image.hash,
    at,
    effective: { id: 1, length: 1 },
  }))
  return {
    ...base,
    task: { ...base.task, prompt: [{ type: 'image', ...picture }], metadata: { target: [...target] } },
    segments: [{ ...prompt!, images }, ...rest],
    media: [picture, ...parts, ...hidden],
  }
}

const part = (name: string, parent: Media, box: readonly number[], side = 128): Media => ({
  hash: hash(name),
  mime: 'image/png',
  width: side,
  height: side,
  parent: { hash: parent.hash, box: [...box] },
})

const small = [300, 300, 330, 330]

describe('targetInView', () => {
  it('asks for the whole plate at a size at which it can be read', () => {
    expect(targetInView(shown(small, []))).toBe(false)
    expect(targetInView(shown([300, 300, 500, 500], []))).toBe(true)
    expect(targetInView(shown(small, [part('b', picture, [256, 256, 512, 512])]))).toBe(true)
    expect(targetInView(shown(small, [part('b', picture, [310, 256, 566, 512])]))).toBe(false)
    expect(targetInView(shown(small, [part('b', picture, [200, 200, 680, 680])]))).toBe(true)
    expect(targetInView(shown(small, [part('b', picture, [200, 200, 681, 680])]))).toBe(false)
  })

  it('follows a zoom into a zoom, in the pixels of each', () => {
    const wide = part('b', picture, [0, 0, 1024, 1024])
    expect(targetInView(shown(small, [wide, part('c', wide, [30, 30, 60, 60])]))).toBe(true)
    expect(targetInView(shown(small, [wide, part('c', wide, [64, 64, 96, 96])]))).toBe(false)
  })

  it('does not count what was made and never shown, nor what no one knows the place of', () => {
    expect(targetInView(shown(small, [], [part('b', picture, [256, 256, 512, 512])]))).toBe(false)
    const { parent: _, ...orphan } = part('b', picture, [256, 256, 512, 512])
    expect(targetInView(shown(small, [orphan]))).toBe(false)
    const own = { ...orphan, parent: { hash: orphan.hash, box: [0, 0, 1, 1] } }
    expect(targetInView(shown(small, [own]))).toBe(false)
  })

  it('is false for a task that is no scene', () => {
    expect(targetInView(exampleTrajectory())).toBe(false)
  })
})
