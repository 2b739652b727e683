export * from './hermes/smart-resize.ts'
export * from './qwen/qwen-templates.ts'
