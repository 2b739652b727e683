import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Relay extends AsyncDisposable {
  readonly url: string
}

export interface Relayed {
  readonly method: string
  readonly path: string
  readonly body: string
  /** Fires when the client closes its connection. */
  readonly closed: AbortSignal
}

/** An HTTP server on the loopback whose answers a function gives; null: the client has gone. */
export async function startRelay(
  answer: (request: Relayed) => Promise<{ status: number; text: string } | null>,
): Promise<Relay> {
  const http = createServer((request, response) => void handle(request, response))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closing = new AbortController()
    response.on('close', () => closing.abort())
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece as Buffer)
    const { method = 'GET', url = '/' } = request
    const body = Buffer.concat(pieces).toString()
    const told = await answer({ method, path: url, body, closed: closing.signal })
    if (told === null) return
    response.writeHead(told.status, { 'content-type': 'application/json' })
    response.end(told.text)
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
