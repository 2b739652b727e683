export { completionsPolicy } from './completions/completions-policy.ts'
export type { ServerOptions } from './wire/server-options.ts'
