export * from './kinds.ts'
export * from './scene/make-scene.ts'
export * from './scene/scene-tasks.ts'
