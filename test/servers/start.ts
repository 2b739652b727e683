import type { TestProject } from 'vitest/node'
import { installVllm, makeModel, startVllm, type VllmServer } from './vllm-server.ts'

const port = 8412

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the vLLM server with the automaton. */
    readonly vllm: string
  }
}

let server: VllmServer | undefined

/** Starts the servers that all tests share. `INTERLEAVE_VLLM` names one that runs already. */
export async function setup(project: TestProject): Promise<void> {
  const running = process.env['INTERLEAVE_VLLM']
  if (running !== undefined && running !== '') return project.provide('vllm', running)
  const python = await installVllm()
  server = await startVllm(python, await makeModel(python), port)
  project.provide('vllm', server.url)
}

export async function teardown(): Promise<void> {
  await server?.[Symbol.asyncDispose]()
}
