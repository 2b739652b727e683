export * from './testing/template-checks.ts'
