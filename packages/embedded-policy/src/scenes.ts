export * from './kinds.ts'
export { makeScene, type Scene, type SceneOptions } from './scene/make-scene.ts'
export * from './scene/scene-tasks.ts'
export * from './scene/target-in-view.ts'
