export * from './hermes/hermes-chat.ts'
