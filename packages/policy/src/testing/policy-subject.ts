import { InterleaveError, type Image } from '@interleave/trajectory'
import { expectCheck, skipCheck } from '@interleave/trajectory/testing'
import type { GenerateRequest, GenerateResult, Policy, PolicyCapabilities, TurnSampling } from '../policy.ts'

export interface PolicyChecksOptions {
  /** Logical ids to continue, one pad for each image. */
  readonly prompt: readonly number[]
  /** One for each pad of the prompt. Default none. */
  readonly images?: readonly Image[]
  /** The id of a pad. Without it, checks of images that need it are skipped. */
  readonly imagePad?: number
  /** Ids that end a turn of this model. */
  readonly stopTokens: readonly number[]
  /** Length of most replies. Default 32. */
  readonly maxTokens?: number
  /** Length of a reply that takes long enough to be aborted under way. Default 512. */
  readonly longTokens?: number
  /** Longest that one reply may take, in milliseconds. Default 30,000. */
  readonly deadlineMs?: number
}

/** What a check changes about the usual request. */
export interface Asked extends Partial<TurnSampling> {
  readonly tokens?: readonly number[]
  readonly images?: readonly Image[]
  readonly signal?: AbortSignal
}

/** A policy under test, and how checks speak to it: every wait has a deadline. */
export class PolicySubject {
  readonly policy: Policy
  readonly options: Required<Omit<PolicyChecksOptions, 'imagePad'>> & { readonly imagePad: number | undefined }
  #requests = 0

  constructor(policy: Policy, options: PolicyChecksOptions) {
    this.policy = policy
    const { images = [], imagePad, maxTokens = 32, longTokens = 512, deadlineMs = 30_000 } = options
    this.options = { ...options, images, imagePad, maxTokens, longTokens, deadlineMs }
  }

  get capabilities(): PolicyCapabilities {
    return this.policy.capabilities
  }

  request(asked: Asked = {}): GenerateRequest {
    const { prompt, images, stopTokens, maxTokens } = this.options
    const { tokens = prompt, images: given = images, signal = new AbortController().signal, ...sampling } = asked
    this.#requests += 1
    return {
      tokens: [...tokens],
      images: [...given],
      sampling: { temperature: 1, maxTokens, seed: 1, stopTokens: [...stopTokens], ...sampling },
      requestId: `check-${this.#requests}`,
      sessionKey: 'check',
      signal,
    }
  }

  ask(asked: Asked = {}): Promise<GenerateResult> {
    return this.send(this.request(asked))
  }

  send(request: GenerateRequest): Promise<GenerateResult> {
    return this.within(this.policy.generate(request), 'a request')
  }

  /** Whether a request is refused with an error of this project; a reply or silence fails the check. */
  async expectRefused(asked: Asked, what: string): Promise<void> {
    const outcome = await this.ask(asked).then(
      () => 'answered',
      (error: unknown) => error,
    )
    expectCheck(outcome !== 'answered', `${what} is answered; it must reject`)
    if (isLate(outcome)) throw outcome
    expectCheck(outcome instanceof Error, `${what} rejects with something that is not an error`)
  }

  async within<T>(promise: Promise<T>, what: string): Promise<T> {
    const { deadlineMs } = this.options
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Late(`${what} did not end within ${deadlineMs} ms`)), deadlineMs)
    })
    return Promise.race([promise, late]).finally(() => clearTimeout(timer))
  }

  /** Skips the check unless this is declared. */
  needs(capability: 'seeded' | 'effectivePrompt' | 'weightVersions' | 'images' | 'exact'): void {
    if (!this.capabilities[capability]) skipCheck(`${capability} is not declared`)
  }
}

class Late extends InterleaveError<'check_failed'> {
  constructor(message: string) {
    super('check_failed', message)
  }
}

function isLate(error: unknown): error is Late {
  return error instanceof Late
}
