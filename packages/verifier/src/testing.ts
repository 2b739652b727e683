export * from './testing/hostile-texts.ts'
export { validate, type ValidationIssue } from './testing/validate.ts'
export * from './testing/verifier-checks.ts'
