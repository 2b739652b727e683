import type { ExtractionReason } from './extract-answer.ts'

const sentences: Partial<Record<ExtractionReason, string>> = {
  unclosed_thinking: 'The thinking was never closed, so there is no answer.',
  unclosed_tag: 'An <answer> tag was opened and never closed.',
  unclosed_box: 'The last box was never closed.',
  empty: 'The answer is empty.',
  not_found: 'No answer stands where one is accepted.',
}

/** Why a reply holds no answer, in one sentence. */
export function explainMissing(reason: ExtractionReason): string {
  return sentences[reason] ?? 'There is no answer.'
}
