import { FaultError, messageOf } from '@interleave/trajectory'
import { errors } from 'undici'

const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** What a failure below HTTP means, as a fault of the policy. `answering`: its status and headers had come. */
export function connectionFault(error: unknown, url: URL, answering: boolean): FaultError {
  const code = codeOf(error)
  const make = (name: string, sentence: string): FaultError =>
    new FaultError('policy', name, `The policy server ${url.href} ${sentence}`, { cause: error })
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return make('answer_too_large', 'answered with more bytes than are taken; ask for fewer tokens or fewer logprobs.')
  if (certificateCodes.has(code))
    return make(
      'tls',
      `has a certificate that is not trusted (${code}); give Node the certificate of its issuer in NODE_EXTRA_CA_CERTS, or correct the host name.`,
    )
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO')
    return make('tls', `did not agree on TLS (${code}); if it speaks plain HTTP, write http:// in its address.`)
  if (code.startsWith('HPE_') || error instanceof errors.HTTPParserError)
    return make('bad_answer', 'does not answer in HTTP; look at its address, and write https:// if it speaks TLS.')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return make('unreachable', `cannot be found by its name (${code}); look at its address.`)
  if (answering) return make('answer_cut', 'closed the connection in the middle of its answer; run the rollout again.')
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return make(
      'connection_lost',
      'closed the connection before it answered; look whether it still runs, and write https:// if it speaks TLS.',
    )
  return make('unreachable', `cannot be reached (${code || messageOf(error)}); start it, or look at its address.`)
}

/** Whether nothing of an answer had come: such a request may be sent again. */
export function isBeforeAnswer({ code }: FaultError): boolean {
  return code === 'unreachable' || code === 'connection_lost'
}

function codeOf(error: unknown): string {
  // Where several addresses of one name were tried, the first one's failure stands for all.
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  if (typeof first !== 'object' || first === null) return ''
  if ('code' in first && typeof first.code === 'string') return first.code
  return 'cause' in first ? codeOf(first.cause) : ''
}
