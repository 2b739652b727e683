import { createRequire } from 'node:module'
import type { TopLevelSpec } from 'vega-lite'

// Vega's types do not name its ruler of text.
interface TextMetrics {
  readonly textMetrics: { canvas(use: boolean): void }
}

/**
 * A Vega-Lite specification as PNG bytes, at twice its size in px. The fonts come with the package and the machine's are not
 * read, so that a specification gives the same picture everywhere. What it needs is loaded on the first call.
 */
export async function renderPng(spec: TopLevelSpec): Promise<Uint8Array> {
  const [svg, { Resvg }] = await Promise.all([renderSvg(spec), import('@resvg/resvg-js')])
  const require = createRequire(import.meta.url)
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: 2 },
    background: 'white',
    font: {
      loadSystemFonts: false,
      fontFiles: [
        require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
        require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
      ],
      defaultFontFamily: 'DejaVu Sans',
    },
  })
  return image.render().asPng()
}

async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  // Where the optional package canvas is near, Vega would lay out by the machine's fonts.
  ;(vega as unknown as TextMetrics).textMetrics.canvas(false)
  // Vega logs what goes wrong while it draws, and goes on with half a picture.
  const logger = vega.logger(vega.Error, undefined, (_method, _level, [thrown]) => {
    throw thrown instanceof Error ? thrown : new Error(String(thrown))
  })
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { renderer: 'none', logger })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}
