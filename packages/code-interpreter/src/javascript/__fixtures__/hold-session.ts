import { javascriptBackend } from '../javascript-backend.ts'
import { replyOf } from './cells.ts'

// Opens a session and says so. Ends at once where a live child does not hold it up; with an argument it stays.
const session = await javascriptBackend().open()
const { value } = await replyOf(session, '6 * 7')
process.stdout.write(`${value}\n`)
if (process.argv[2] === 'stay') setInterval(() => {}, 1000)
