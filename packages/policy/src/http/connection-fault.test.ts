import { errors } from 'undici'
import { describe, expect, it } from 'vitest'
import { connectionFault, isBeforeAnswer } from './connection-fault.ts'
import { serverUrl } from './server-url.ts'
import { statusFault } from './status-fault.ts'

const url = new URL('https://server.test/')
const withCode = (code: string): Error => Object.assign(new Error(code), { code })

describe('connectionFault', () => {
  it.for([
    [withCode('ECONNREFUSED'), 'unreachable', /ECONNREFUSED/],
    [new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]), 'unreachable', /ECONNREFUSED/],
    [new errors.ConnectTimeoutError(), 'unreachable', /UND_ERR_CONNECT_TIMEOUT/],
    [withCode('ENOTFOUND'), 'unreachable', /by its name/],
    [withCode('ECONNRESET'), 'connection_lost', /before it answered/],
    [new errors.SocketError('other side closed'), 'connection_lost', /before it answered/],
    [withCode('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls', /NODE_EXTRA_CA_CERTS/],
    [withCode('CERT_HAS_EXPIRED'), 'tls', /CERT_HAS_EXPIRED/],
    [withCode('ERR_SSL_WRONG_VERSION_NUMBER'), 'tls', /http:\/\//],
    [new Error('wrapped', { cause: withCode('ERR_TLS_CERT_ALTNAME_INVALID') }), 'tls', /host name/],
    [new errors.ResponseExceededMaxSizeError(), 'answer_too_large', /fewer tokens/],
    [new errors.HTTPParserError('no HTTP'), 'bad_answer', /does not answer in HTTP/],
    [new Error('what is this'), 'unreachable', /what is this/],
    ['not an error', 'unreachable', /not an error/],
  ] as const)('%s: %s', ([error, code, message]) => {
    const fault = connectionFault(error, url, false)
    expect(fault).toMatchObject({ boundary: 'policy', code, cause: error })
    expect(fault.message).toMatch(message)
    expect(isBeforeAnswer(fault)).toBe(code === 'unreachable' || code === 'connection_lost')
  })

  it('what is lost in the middle of an answer is not asked again', () => {
    const fault = connectionFault(withCode('ECONNRESET'), url, true)
    expect(fault.code).toBe('answer_cut')
    expect(isBeforeAnswer(fault)).toBe(false)
  })
})

describe('statusFault', () => {
  const fault = (status: number, text = ''): ReturnType<typeof statusFault> =>
    statusFault({ status, text, retryAfter: undefined, location: 'https://other.test/' }, url, '/path')

  it.for([
    [401, 'unauthorised'],
    [403, 'unauthorised'],
    [404, 'bad_url'],
    [405, 'bad_url'],
    [308, 'bad_url'],
    [429, 'overloaded'],
    [503, 'overloaded'],
    [500, 'server_error'],
    [502, 'server_error'],
    [400, 'rejected'],
    [422, 'rejected'],
  ] as const)('%i: %s', ([status, code]) => {
    expect(fault(status).code).toBe(code)
  })

  it.for([
    '{"error":{"message":"too long"}}',
    '{"error":"too long"}',
    '{"message":"too long"}',
    '{"detail":"too long"}',
    '{"detail":[{"msg":"too long","loc":["body"]}]}',
    'too\n long',
  ])('says what the server says: %s', (text) => {
    expect(fault(400, text).message).toBe(
      'The policy server https://server.test/ refuses this request (400). It says: too long.',
    )
  })

  it('a missing model is no wrong address', () => {
    expect(fault(404, '{"error":{"message":"The model `x` does not exist."}}').code).toBe('wrong_model')
  })

  it('says it is cut where the server says too much', () => {
    const { message } = fault(500, 'x'.repeat(100_000))
    expect(message.length).toBeLessThan(700)
    expect(message).toContain('(cut)')
  })
})

describe('serverUrl', () => {
  it.for([
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/'],
    ['http://127.0.0.1:8000/v1/', 'http://127.0.0.1:8000/'],
    ['https://host.test/route/v1?x=1#y', 'https://host.test/route'],
  ] as const)('%s', ([address, href]) => {
    expect(serverUrl(address).href).toBe(href)
  })

  it.for(['', '127.0.0.1:8000', 'file:///etc/passwd', 'ftp://host'])('refuses "%s"', (address) => {
    expect(() => serverUrl(address)).toThrow(expect.objectContaining({ code: 'bad_url' }))
  })
})
