import type { ChatTemplate } from '@interleave/chat-template'
import { toToolSchema } from '@interleave/tool'
import {
  FaultError,
  InterleaveError,
  messageOf,
  type Image,
  type MediaStore,
  type Segment,
  type Task,
} from '@interleave/trajectory'
import { parseReference } from '@interleave/verifier'
import type { Environment } from './environment.ts'
import { contextSegments } from './context-segments.ts'

/** What all rollouts of a task share: made once, so that a group renders and decodes its question once. */
export interface PreparedTask {
  readonly segments: readonly Segment[]
  readonly images: readonly Image[]
  /** One parsed reference per verifier of the environment. */
  readonly references: readonly unknown[]
}

// The tasks in flight and some more: a run over a long list of photographs keeps memory flat.
const keptTasks = 128

/**
 * A function that prepares tasks and remembers the latest. It throws `bad_task`, naming task and field, for a reference
 * that a verifier cannot use and for an image that is not in the store.
 */
export function taskPreparer(
  environment: Environment,
  template: ChatTemplate,
  media: MediaStore,
): (task: Task) => Promise<PreparedTask> {
  const kept = new Map<Task, Promise<PreparedTask>>()
  const tools = environment.tools.map(toToolSchema)

  async function prepare(task: Task): Promise<PreparedTask> {
    const references = environment.verifiers.map(({ verifier }) => {
      try {
        return parseReference(verifier, task.reference)
      } catch (error) {
        throw new InterleaveError('bad_task', `Task "${task.id}": ${messageOf(error)}`, { cause: error })
      }
    })
    const images: Image[] = []
    for (const part of task.prompt) {
      if (part.type !== 'image') continue
      try {
        const { hash, mime, width, height } = part
        images.push({ hash, mime, width, height, bytes: await media.get(part) })
      } catch (error) {
        throw new InterleaveError('bad_task', `Task "${task.id}": ${messageOf(error)}`, { cause: error })
      }
    }
    const rendered = renderPrompt(task)
    return { segments: contextSegments(rendered, 0, 0, template.imagePad), images, references }
  }

  function renderPrompt(task: Task): ReturnType<ChatTemplate['renderPrompt']> {
    try {
      const system = environment.system === undefined ? {} : { system: environment.system }
      return template.renderPrompt({ ...system, tools, content: task.prompt })
    } catch (error) {
      throw new FaultError(
        'template',
        'render_failed',
        `Task "${task.id}": the template ${template.name} failed: ${messageOf(error)}`,
        {
          cause: error,
        },
      )
    }
  }

  return (task) => {
    const found = kept.get(task)
    if (found !== undefined) return found
    const prepared = prepare(task)
    kept.set(task, prepared)
    prepared.catch(() => kept.delete(task))
    const oldest = kept.size > keptTasks ? kept.keys().next().value : undefined
    if (oldest !== undefined) kept.delete(oldest)
    return prepared
  }
}
