export * from './declare-capabilities.ts'
export * from './function-policy.ts'
export * from './policy.ts'
export * from './policy-disposed.ts'
