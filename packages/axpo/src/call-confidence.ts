/**
 * How sure the policy was of a call: the arithmetic mean of its tokens' probabilities (paper 3.2 and App. B.9), or of
 * their logprobs. `actionLogprobs` are those of the tokens after the opening tag up to and including the closing one,
 * or to the end of an unclosed turn. NaN for no tokens: such a rollout is no candidate.
 */
export function callConfidence(
  actionLogprobs: readonly number[],
  of: 'probability' | 'logprob' = 'probability',
): number {
  const values = of === 'logprob' ? actionLogprobs : actionLogprobs.map(Math.exp)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
