export { scriptedPolicy, type ScriptedPolicy, type ScriptedPolicyOptions } from './scripted/scripted-policy.ts'
export type { ScriptedCall } from './scripted/scripted-call.ts'
export type { ScriptedFailure, ScriptedReply, ScriptedStep } from './scripted/scripted-step.ts'
