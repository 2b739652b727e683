export * from './chat-template.ts'
export * from './read-call.ts'
export * from './read-structure.ts'
