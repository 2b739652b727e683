export * from './testing/call-tool.ts'
export type { ToolCheckOptions } from './testing/subject.ts'
export * from './testing/tool-checks.ts'
