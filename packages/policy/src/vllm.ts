export { vllmPolicy } from './vllm/vllm-policy.ts'
export type { ServerOptions } from './wire/server-options.ts'
