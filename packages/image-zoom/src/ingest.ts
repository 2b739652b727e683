export * from './ingest/image-error.ts'
export * from './ingest/ingest-image.ts'
