import type { AnswerForm } from './extract-answer.ts'

/** A reply that states an answer in the strictest of the forms that are accepted: what examples and tests are made of. */
export function stateAnswer(answer: string, forms: readonly AnswerForm[]): string {
  if (forms.includes('tag')) return `<answer>${answer}</answer>`
  return forms.includes('box') ? `\\boxed{${answer}}` : answer
}
