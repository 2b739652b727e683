import type { PixelGrid } from './smart-resize.ts'

/** What tells one model of the ChatML and Hermes family from another. */
export interface HermesLayout {
  readonly name: string
  /** The system text of a prompt that has none. */
  readonly system?: string
  /** The generation prompt opens the thinking, so that a sampled turn begins inside it. */
  readonly thinking: boolean
  /** Absent where the model sees no images. */
  readonly pixels?: PixelGrid
}

// The words of the published templates: other words would be another prompt than the model was trained with.
export const hermesText = {
  systemOpen: '<|im_start|>system\n',
  toolsOpen:
    '# Tools\n\nYou may call one or more functions to assist with the user query.\n\n' +
    'You are provided with function signatures within <tools></tools> XML tags:\n<tools>\n',
  toolsClose:
    '\n</tools>\n\nFor each function call, return a json object with function name and arguments within ' +
    '<tool_call></tool_call> XML tags:\n<tool_call>\n' +
    '{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>',
  turnClose: '<|im_end|>\n',
  userOpen: '<|im_start|>user\n',
  generation: '<|im_end|>\n<|im_start|>assistant\n',
  thinkOpen: '<think>\n',
  imageOpen: '<|vision_start|>',
  imagePad: '<|image_pad|>',
  imageClose: '<|vision_end|>',
  responseOpen: '<tool_response>\n',
  responseClose: '\n</tool_response>',
} as const
