export * from './testing/check.ts'
export * from './testing/example-image.ts'
export * from './testing/example-trajectory.ts'
export * from './testing/trajectory-builder.ts'
