import { interpreterTool, type InterpreterTool, type TimeOptions } from './interpreter/interpreter-tool.ts'
import { PythonBackend } from './python/python-backend.ts'
import type { PythonBackendOptions } from './python/python-options.ts'

export interface PythonOptions extends PythonBackendOptions, TimeOptions {}

const description = [
  'Run Python code in a session that keeps its variables from call to call, like a notebook.',
  'The result shows what the code prints, the value of its last expression, its figures (plt.show() or left open) and, where it fails, its traceback.',
  'numpy, scipy, sympy, matplotlib and PIL are there. The images of the conversation are in the list _pil_images (PIL images, in order of appearance), as image_1, image_2 and so on, and as files whose paths are in _images.',
  'There is no network, and files can be written below /tmp only.',
].join(' ')

/**
 * The tool `python`: stateful sessions, each rollout's apart from all others and from the machine. Make it once and share it:
 * a server imports the libraries when the first rollout calls it, and each session is a fork of that. Its processes end
 * when the tool is disposed of, or with this process. Throws `bad_option`; a call voids its rollout with a fault of the boundary
 * `sandbox` where no Python or no allowed tier of isolation is there. Source of name and arguments: AXPO paper, appendix.
 */
export function python(options: PythonOptions = {}): InterpreterTool {
  const words = { language: 'Python', imageName: (index: number) => `image_${index + 1}` }
  return interpreterTool({ name: 'python', description, words }, new PythonBackend(options), options)
}
