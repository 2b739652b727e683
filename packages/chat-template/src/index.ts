export * from './chat-template.ts'
