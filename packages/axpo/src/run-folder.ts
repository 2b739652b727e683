export { commitEntrySchema, journalEntrySchema } from './committed-files.ts'
export { openRunFolder, type RunFolder } from './open-run-folder.ts'
export { runFormat, runManifestSchema } from './run-manifest.ts'
