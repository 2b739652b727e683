import { installVllm, makeModel, startVllm } from './vllm-server.ts'

// node test/servers/serve.ts [port]: the server of the tests, until Ctrl-C.
const port = Number(process.argv[2] ?? '8411')
const python = await installVllm()
await using server = await startVllm(python, await makeModel(python), port)
process.stdout.write(`${server.url}\n`)
await new Promise((resolve) => process.once('SIGINT', resolve))
