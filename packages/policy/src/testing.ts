export * from './testing/policy-checks.ts'
export type { PolicyChecksOptions } from './testing/policy-subject.ts'
export * from './testing/trainable-checks.ts'
