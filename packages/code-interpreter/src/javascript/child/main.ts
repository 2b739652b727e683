import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { env } from 'node:process'
import type ivm from 'isolated-vm'
import { serve } from './serve.ts'

// Before any isolate exists: what the machine's clock is set to is not to be seen.
env['TZ'] = 'UTC'

const [addon] = process.argv.slice(2)
if (addon === undefined) throw new Error('The path of the isolated-vm addon is missing.')
// The addon itself, and not its package: nothing outside the folders that are named may be needed.
const loaded = createRequire(import.meta.url)(addon) as { readonly ivm: typeof ivm }
serve(new Socket({ fd: 3, readable: true, writable: true }), loaded.ivm)
