#!/usr/bin/env node
// Plain syntax: an old Node must reach the sentence, not fail to parse.
const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  process.stderr.write(
    `interleave: Node.js 24 or newer is needed; this is ${process.version}. Install it and run the command again.\n`,
  )
  process.exit(1)
}
import('../dist/main.js').catch((error) => {
  const unbuilt = error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes('/cli/dist/main.js')
  process.stderr.write(
    unbuilt
      ? 'interleave: this checkout is not built yet; run "npm run build" once.\n'
      : `interleave: ${error?.message}\n`,
  )
  process.exit(1)
})
