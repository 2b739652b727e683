export { rolloutSourceChecks, type RolloutSourceSubject } from './testing/rollout-source-checks.ts'
