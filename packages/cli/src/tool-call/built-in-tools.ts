import type { Tool } from '@interleave/tool'

/** The tools that have a name on the command line, each loaded when it is asked for. */
export const builtInTools: Readonly<Record<string, () => Promise<Tool>>> = {
  python: async () => (await import('@interleave/code-interpreter')).python(),
  javascript: async () => (await import('@interleave/code-interpreter')).javascript(),
  image_zoom_in: async () => (await import('@interleave/image-zoom')).imageZoom(),
}
