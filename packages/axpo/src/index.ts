export * from './rollout-source.ts'
