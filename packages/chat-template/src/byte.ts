export * from './byte-image-grid.ts'
export * from './byte-template.ts'
export * from './byte-vocabulary.ts'
