export * from './testing/policy-checks.ts'
export type { PolicyChecksOptions } from './testing/policy-subject.ts'
