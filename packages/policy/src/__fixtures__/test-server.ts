import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Lies } from './lies.ts'

interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
  readonly bytes: number
}

/** One request as a route sees it. */
export interface Call extends Asked {
  /** Fires when the client closes its connection. */
  readonly closed: AbortSignal
  json(status: number, value: unknown, headers?: Record<string, string>): void
  raw(status: number, text: string, contentType?: string): void
  readonly response: ServerResponse
}

export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly lies: Lies
  readonly asked: Asked[]
  /** Requests for tokens under way. */
  running: number
  /** Most of them at once. */
  peak: number
  connections: number
}

export type Route = (call: Call, server: TestServer) => void | Promise<void>

/** An HTTP server for tests on a port of the loopback, with routes such as `POST /path`. */
export async function startTestServer(routes: Record<string, Route>, lies: Lies = {}, port = 0): Promise<TestServer> {
  const http = createServer((request, response) => void handle(request, response))
  http.keepAliveTimeout = 5_000
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const address = http.address() as AddressInfo
  const server: TestServer = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    lies,
    asked: [],
    running: 0,
    peak: 0,
    connections: 0,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
  http.on('connection', () => (server.connections += 1))

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const closing = new AbortController()
    response.on('close', () => closing.abort())
    response.on('error', () => {})
    const pieces: Buffer[] = []
    try {
      for await (const piece of request) pieces.push(piece as Buffer)
    } catch {
      return
    }
    const text = Buffer.concat(pieces).toString()
    const path = request.url ?? '/'
    const raw = (
      status: number,
      body: string,
      type = 'application/json',
      headers: Record<string, string> = {},
    ): void => {
      if (response.destroyed || response.headersSent) return
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body), ...headers })
      response.end(body)
    }
    const call: Call = {
      path,
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      bytes: text.length,
      closed: closing.signal,
      json: (status, value, headers) => raw(status, JSON.stringify(value), 'application/json', headers),
      raw,
      response,
    }
    server.asked.push(call)
    if (lies.apiKey !== undefined && request.headers.authorization !== `Bearer ${lies.apiKey}`)
      return call.json(401, { error: 'Unauthorized' })
    const route = routes[`${request.method} ${path}`]
    if (route === undefined) return call.json(404, { detail: 'Not Found' })
    await route(call, server)
  }
  return server
}
