import { FaultError } from '@interleave/trajectory'

/** The address of a server without a trailing slash or `/v1`. Throws a `bad_url` fault for what is no http address. */
export function serverUrl(address: string): URL {
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new FaultError(
      'policy',
      'bad_url',
      `"${address}" is no address of a policy server; give one such as http://127.0.0.1:8000.`,
    )
  if (url.username !== '' || url.password !== '')
    throw new FaultError(
      'policy',
      'bad_url',
      'The address of a policy server must hold no password; give it as apiKey.',
    )
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '')
  return url
}
