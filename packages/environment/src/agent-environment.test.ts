import { defineTool, type Tool } from '@interleave/tool'
import { exactMatch } from '@interleave/verifier'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { agentEnvironment } from './agent-environment.ts'

const tool = (name: string): Tool => defineTool({ name, description: name, input: z.strictObject({}), run: () => name })

test('tells of the tools that the agent has, and of no other', () => {
  const { name, system, tools } = agentEnvironment({
    tools: [tool('python'), tool('image_zoom_in')],
    verifiers: [exactMatch()],
  })
  expect([name, ...tools.map((one) => one.name)]).toEqual(['agent', 'python', 'image_zoom_in'])
  expect(system).toContain('_pil_images')
  expect(system).toContain('image_zoom_in:')
  expect(system).not.toContain('search')
  expect(system).toContain('\\boxed{...} between <answer> and </answer>')
})

test('speaks of no tools where there are none', () => {
  const { system } = agentEnvironment({ name: 'plain', verifiers: [exactMatch()] })
  expect(system).not.toContain('tools')
})

test('is checked like any other', () => {
  expect(() => agentEnvironment({ verifiers: [] })).toThrow(/no verifier/)
})
