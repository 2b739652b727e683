export { allocatePrefixes } from './allocate-prefixes.ts'
export { assignCredit, type BatchCredit, type FactSpan } from './assign-credit.ts'
export * from './batch.ts'
export { type Budget, type BudgetSnapshot, budgetSnapshotSchema, createBudget } from './budget.ts'
export { callConfidence } from './call-confidence.ts'
export { creditBatch } from './credit-batch.ts'
export { describeOutcome, type DescribeOptions, describeRollout, type Success } from './describe-rollout.ts'
export { type BeforeAfter, diagnose, type Diagnostics } from './diagnose.ts'
export { firstAction, type FirstAction } from './first-action.ts'
export {
  type Options,
  optionsSchema,
  type ResolvedOptions,
  resolveOptions,
  type Variant,
  variantSchema,
} from './options.ts'
export { type Plan, planBatch } from './plan-batch.ts'
export { type RankedPrefix, rankPrefixes } from './rank-prefixes.ts'
export { type Resampled, resampled } from './resampled.ts'
export * from './rollout-source.ts'
export { creditRow, planRow } from './rows.ts'
export { sampleStep } from './sample-step.ts'
export { type SampleStepInput, type StepProgress } from './sample-step-input.ts'
export { type CallDiagnostics, type StepDiagnostics, type ToolDiagnostics } from './step-diagnostics.ts'
export { type ResolvedStepOptions, resolveStepOptions, type StepOptions, stepOptionsSchema } from './step-options.ts'
export { type StepResult } from './step-result.ts'
export { type PlanEntry, planEntrySchema, type StepStore } from './step-store.ts'
export { firstTool, toolUsing } from './tool-using.ts'
export { type TrainedStep, trainSteps, type TrainStepsInput } from './train-steps.ts'
export { triggered } from './triggered.ts'
