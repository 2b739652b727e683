import { byteTemplate } from '@interleave/chat-template/byte'
import { trainablePolicy, type TrainablePolicy } from '@interleave/embedded-policy'
import { connectEnvironment, type EnvironmentSource } from '@interleave/environment'
import { imageZoom } from '@interleave/image-zoom'
import { folderMediaStore, memoryMediaStore, type Image, type MediaStore, type Task } from '@interleave/trajectory'
import { multipleChoice } from '@interleave/verifier'
import { questionEnvironment } from '../input/question-environment.ts'
import { uselessZoom } from './useless-zoom.ts'

/** What all runs of a study share: its questions, its images and its tool. */
export interface StudyWorld {
  readonly training: readonly Task[]
  readonly heldOut: readonly Task[]
  readonly media: MediaStore
  /** A policy at the start, with the learning rate given. All remember the same images. */
  policy(learningRate: number): TrainablePolicy
  connect(policy: TrainablePolicy): EnvironmentSource
}

/** The tasks of a study, as they travel to the workers; the images lie in a folder. */
export interface StudyTasks {
  readonly training: readonly Task[]
  readonly heldOut: readonly Task[]
  readonly mediaFolder: string
}

// The policy sees 64 pixels along the longer side, so 128 leave it something to zoom into again.
const zoomedPixels = 128 * 128
// Holds every picture decoded, each once: 80 of 2048 x 1536 are 755 MB, taken as they come.
const cacheBytes = 2 ** 30

/** Reads the pictures into memory, so that rollouts wait for no disk. */
export async function openWorld(tasks: StudyTasks, uselessTool: boolean): Promise<StudyWorld> {
  const folder = folderMediaStore(tasks.mediaFolder)
  const images: Image[] = []
  for (const { prompt } of [...tasks.training, ...tasks.heldOut])
    for (const part of prompt)
      if (part.type === 'image') {
        const { hash, height, mime, width } = part
        images.push({ hash, height, mime, width, bytes: await folder.get(part) })
      }
  const media = memoryMediaStore(images)
  const zoom = uselessTool ? uselessZoom() : imageZoom({ maxPixels: zoomedPixels, cacheBytes })
  const environment = questionEnvironment({ verifier: multipleChoice(), zoom })
  const template = byteTemplate()
  const remembering = trainablePolicy()
  return {
    training: tasks.training,
    heldOut: tasks.heldOut,
    media,
    policy: (learningRate) => trainablePolicy({ learningRate, sharing: remembering }),
    connect: (policy) => connectEnvironment(environment, { policy, template, media }),
  }
}
