export * from './cross-check/cross-check-published.ts'
export * from './cross-check/cross-check-server.ts'
