export * from './testing/check.ts'
