export { llamaCppPolicy } from './llama-cpp/llama-cpp-policy.ts'
export type { ServerOptions } from './wire/server-options.ts'
