import { Socket } from 'node:net'
import { argv } from 'node:process'
import { encodeFrame, FrameReader } from '../../interpreter/frame.ts'

// Opens sessions as it should, and answers cells in the way that is asked for.
const socket = new Socket({ fd: 3, readable: true, writable: true })
const reader = new FrameReader(1e6)
const replied = { end: 'replied', output: '', value: '1' }
const [way] = argv.slice(2)

socket.on('data', (chunk) => {
  for (const { header } of reader.push(chunk)) {
    const { nonce, op } = header as { nonce: string; op: string }
    const right = encodeFrame({ nonce, ...replied })
    if (op !== 'run') socket.write(encodeFrame({ nonce, end: 'done' }))
    else if (way === 'twice') socket.write(Buffer.concat([right, right]))
    else if (way === 'forged') socket.write(encodeFrame({ nonce: '0'.repeat(32), ...replied }))
    else if (way === 'garbage') socket.write('{"value": 1}')
    else if (way === 'long') socket.write(Buffer.from([255, 255, 255, 255, 0, 0, 0, 0]))
    else if (way === 'field') socket.write(encodeFrame({ nonce, ...replied, more: 1 }))
    else if (way === 'type') socket.write(encodeFrame({ nonce, ...replied, value: 1 }))
    else if (way === 'blob') socket.write(encodeFrame({ nonce, ...replied }, [Buffer.from('x')]))
    else if (way === 'half') socket.write(encodeFrame({ nonce, ...replied, value: '\ud800' }))
    else if (way === 'mute') for (;;);
    else socket.end()
  }
})
socket.on('close', () => process.exit())
