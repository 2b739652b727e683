import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { shareDomain } from './curve-axes.ts'
import { meansOf } from './curve-means.ts'
import { curveStyles } from './curve-styles.ts'
import { drawCurves, type CurveOptions, type CurvePoint } from './draw-curves.ts'
import { renderPng } from './render-png.ts'

const options: CurveOptions = {
  title: 'Two methods',
  subtitle: 'on one task',
  methods: ['first', 'second'],
  measures: ['Pass@1', 'Tool use'],
  stepName: 'step',
}

/** Level lines far apart, so that none hides another; the seeds of a method lie a little apart. */
function level({ methods, measures }: CurveOptions, seeds = 2, steps = [0, 1, 2]): CurvePoint[] {
  return methods.flatMap((method, line) =>
    measures.flatMap((measure) =>
      steps.flatMap((step) =>
        Array.from({ length: seeds }, (_, seed) =>
          Object.freeze({ method, seed, step, measure, value: 0.05 + line * 0.09 + seed * 0.02 }),
        ),
      ),
    ),
  )
}

/** The picture, and how many of its pixels have each colour. Another decoder than the one that wrote it is not at hand. */
function decode(png: Uint8Array): { width: number; height: number; count: (colour: string) => number } {
  const head = new DataView(png.buffer, png.byteOffset, 24)
  const [width, height] = [head.getUint32(16), head.getUint32(20)]
  const link = `data:image/png;base64,${Buffer.from(png).toString('base64')}`
  const { pixels } = new Resvg(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${link}"/></svg>`,
  ).render()
  const counts = new Map<string, number>()
  for (let at = 0; at < pixels.length; at += 4) {
    const colour = `#${pixels.toString('hex', at, at + 3)}`
    counts.set(colour, (counts.get(colour) ?? 0) + 1)
  }
  return { width, height, count: (colour) => counts.get(colour) ?? 0 }
}

describe('drawCurves', () => {
  it('is a PNG of twice 900 px on white, with its words in the font of the package', async () => {
    const png = await drawCurves(level(options), options)
    expect([...png.subarray(0, 8)]).toEqual([...Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')])
    const { count, height, width } = decode(png)
    expect(Math.abs(width - 1800)).toBeLessThan(60)
    expect(height).toBeGreaterThan(400)
    expect(count('#ffffff') / (width * height)).toBeGreaterThan(0.5)
    const silent = await drawCurves(level(options), { ...options, title: '', subtitle: '', stepName: '' })
    expect(count('#1a1a1a')).toBeGreaterThan(decode(silent).count('#1a1a1a'))
  })

  it('gives the same bytes for the same points in any order, and leaves them alone', async () => {
    // Crossing lines, so that what lies on top shows.
    const cross = (point: CurvePoint, index: number): CurvePoint => ({ ...point, value: ((index * 37) % 100) / 100 })
    const points = level(options, 3).map((point, index) => Object.freeze(cross(point, index)))
    const png = await drawCurves(points, options)
    expect(Buffer.compare(await drawCurves(points, options), png)).toBe(0)
    expect(Buffer.compare(await drawCurves(points.toReversed(), options), png)).toBe(0)
    expect(points.flatMap((point) => Object.getOwnPropertySymbols(point))).toEqual([])
  })

  it.each([1, 3, 10])('draws %i methods, each in its own colour', async (count) => {
    const methods = Array.from({ length: count }, (_, index) => `method ${index}`)
    const many = { ...options, methods, measures: ['Pass@1'] }
    const picture = decode(await drawCurves(level(many), many))
    const drawn = curveStyles.map(({ colour }) => picture.count(colour) > 500)
    expect(drawn).toEqual(curveStyles.map((_, index) => index < count))
  })

  it('has a band only where there are seeds to compare', async () => {
    const one = { ...options, methods: ['first'] }
    // 18 percent of the first colour on white.
    const band = '#d1e6f1'
    const wide = level(one).map((point) => ({ ...point, value: point.seed === 0 ? 0.2 : 0.8 }))
    expect(decode(await drawCurves(wide, one)).count(band)).toBeGreaterThan(10_000)
    expect(decode(await drawCurves(level(one, 1), one)).count(band)).toBeLessThan(100)
  })

  it('shows a single step as a dot', async () => {
    const blue = async (measures: string[]): Promise<number> => {
      const some = { ...options, measures }
      return decode(await drawCurves(level(some, 1, [5]), some)).count(curveStyles[0]!.colour)
    }
    // What a further panel adds: 36 square px at double density, less its soft edge.
    expect((await blue(['Pass@1', 'Tool use'])) - (await blue(['Pass@1']))).toBeGreaterThan(80)
  })

  it('stays as wide for long words', async () => {
    const long = `${'a long sentence '.repeat(30)}${'w'.repeat(300)}`
    const names = { methods: [long, `${long}!`], measures: [long, `${long}!`] }
    const wordy: CurveOptions = { title: long, subtitle: long, stepName: long, ...names }
    const { height, width } = decode(await drawCurves(level(wordy), wordy))
    expect(Math.abs(width - 1800)).toBeLessThan(60)
    expect(height).toBeGreaterThan(1000)
  })

  it('takes names for text, whatever they spell', async () => {
    const draw = (name: string): Promise<Uint8Array> => {
      const hostile = { title: name, subtitle: name, stepName: name, methods: [name], measures: [name] }
      return drawCurves(level(hostile), hostile)
    }
    const names = ['"]+(globalThis.hit=1)+["', "'+(globalThis.hit=1)+'//", '</text><b>&amp;&#0;]]>', '__proto__', '  ']
    const pictures = await Promise.all(names.map(draw))
    expect(new Set(pictures.map((png) => Buffer.from(png).toString('base64'))).size).toBe(names.length)
    expect(globalThis).not.toHaveProperty('hit')
  })

  const point: CurvePoint = { method: 'first', seed: 0, step: 0, measure: 'Pass@1', value: 0.5 }
  const eleven = Array.from({ length: 11 }, (_, index) => `method ${index}`)
  it.each<[sentence: string, points: CurvePoint[], options: Partial<CurveOptions>]>([
    ['there are no points.', [], {}],
    ['unknown method "third"', [{ ...point, method: 'third' }], {}],
    ['unknown measure "Pass@2"', [{ ...point, measure: 'Pass@2' }], {}],
    ['no points of the method "second"', [point], {}],
    ['no points of the measure "Tool use"', [point, { ...point, method: 'second' }], {}],
    ['are given twice', [point, point], {}],
    ['a share from 0 to 1, got 50', [{ ...point, value: 50 }], {}],
    ['a share from 0 to 1, got -0.1', [{ ...point, value: -0.1 }], {}],
    ['a share from 0 to 1, got NaN', [{ ...point, value: Number.NaN }], {}],
    ['seed and step', [{ ...point, step: Infinity }], {}],
    ['seed and step', [{ ...point, seed: Number.NaN }], {}],
    ['methods: a name is given twice', [point], { methods: ['first', 'first'] }],
    ['measures: a name is given twice', [point], { measures: ['Pass@1', 'Pass@1'] }],
    ['11 methods, where 10', [point], { methods: eleven }],
    ['one line of printable text', [point], { title: 'two\nlines' }],
    ['one line of printable text', [point], { subtitle: '\u0000' }],
    ['one line of printable text', [point], { stepName: '\uFFFF' }],
    ['one line of printable text', [point], { methods: ['first', '\uD800'] }],
    ['one line of printable text', [point], { measures: [{ signal: '1' } as unknown as string] }],
  ])('says %s', async (sentence, points, changed) => {
    const message = expect.stringMatching(/^drawCurves: .*[^.]\.$/s) as string
    const drawn = drawCurves(points, { ...options, ...changed })
    await expect(drawn).rejects.toMatchObject({ code: 'bad_option', message })
    await expect(drawn).rejects.toThrow(sentence)
  })
})

describe('what is drawn', () => {
  it('is mean and standard error over the seeds measured at a step', () => {
    const at = (step: number, ...values: number[]): CurvePoint[] =>
      values.map((value, seed) => ({ method: 'a', seed, step, measure: 'm', value }))
    const [early, late] = meansOf([...at(3, 0.25), ...at(2, 0.1, 0.2, 0.6)], ['a', 'b'])
    expect(late).toEqual({ method: 'a', step: 3, mean: 0.25, low: null, high: null })
    // Deviations -0.2, -0.1, 0.3: variance 0.14 / 2, error sqrt(0.07 / 3).
    expect(early).toMatchObject({ step: 2, mean: expect.closeTo(0.3) as number })
    expect(early!.high! - early!.mean).toBeCloseTo(0.152753, 6)
    expect(early!.mean - early!.low!).toBeCloseTo(0.152753, 6)
  })

  it.each([
    [
      [0.32, 0.65],
      [0.3, 0.7],
    ],
    [[0.5], [0.5, 0.7]],
    [[0], [0, 0.2]],
    [[1], [0.8, 1]],
    [
      [0.95, 0.97],
      [0.8, 1],
    ],
    [
      [0, 1],
      [0, 1],
    ],
  ])('shows the shares %j in the range %j', (values, domain) => {
    expect(shareDomain(values)).toEqual(domain)
  })

  it('is never half a picture: what fails while drawing is thrown', async () => {
    const broken = renderPng({
      data: { values: [{ a: 1 }] },
      transform: [{ calculate: 'datum.missing.length', as: 'b' }],
      mark: 'bar',
      encoding: { x: { field: 'b', type: 'quantitative' } },
    })
    await expect(broken).rejects.toThrow(/undefined/)
  })
})
