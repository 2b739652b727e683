import { messageOf } from '@interleave/trajectory'
import type { GenerateRequest } from '../policy.ts'
import type { ScriptedStep } from './scripted-step.ts'

/** Why a step does not expect a call, or null where it does. */
export function refusal({ expect }: ScriptedStep, request: GenerateRequest): string | null {
  if (expect === undefined) return null
  if (typeof expect !== 'function') return differentPrompt(expect, request.tokens)
  try {
    const verdict = expect(request)
    if (verdict === false) return 'its check returned false'
    return typeof verdict === 'string' ? verdict : null
  } catch (error) {
    return messageOf(error)
  }
}

function differentPrompt(expected: readonly number[], tokens: readonly number[]): string | null {
  const length = Math.max(expected.length, tokens.length)
  for (let index = 0; index < length; index += 1) {
    if (expected[index] === tokens[index]) continue
    const [wanted, got] = [expected[index] ?? 'the end', tokens[index] ?? 'the end']
    return `the prompt differs at token ${index}: expected ${wanted}, got ${got} (${expected.length} tokens expected, ${tokens.length} sent)`
  }
  return null
}
