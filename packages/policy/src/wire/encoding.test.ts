import { contentHash, type Image } from '@interleave/trajectory'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IdsJson } from './ids-json.ts'
import { ImageUrls } from './image-urls.ts'
import { jsonBody } from './json-body.ts'

describe('IdsJson', () => {
  it('is what JSON says, however the array grows', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(200_000), { maxLength: 20 }), { maxLength: 6 }), (turns) => {
        const json = new IdsJson()
        const ids: number[] = []
        for (const turn of turns) {
          ids.push(...turn)
          expect(`[${json.of(ids)}]`).toBe(JSON.stringify(ids))
        }
      }),
    )
  })

  it('begins again for an array that was cut or begun anew', () => {
    const json = new IdsJson()
    const ids = [1, 2, 3]
    json.of(ids)
    ids.length = 2
    expect(json.of(ids)).toBe('1,2')
    ids[0] = 5
    expect(json.of(ids)).toBe('5,2')
  })
})

describe('ImageUrls', () => {
  const image = (fill: number, size = 30): Image => {
    const bytes = Buffer.alloc(size, fill)
    return { hash: contentHash(bytes), mime: 'image/png', width: 1, height: 1, bytes }
  }

  it('makes each image once, also for another object of it', () => {
    const urls = new ImageUrls()
    const url = urls.of(image(1))
    expect(url.toString()).toBe(`data:image/png;base64,${Buffer.alloc(30, 1).toString('base64')}`)
    expect(urls.of(image(1))).toBe(url)
    expect(urls.made).toBe(1)
  })

  it('lets go of what was not used for longest, and still serves what is larger than its budget', () => {
    const urls = new ImageUrls(150)
    const [first] = [urls.of(image(1)), urls.of(image(2))]
    expect(urls.of(image(1))).toBe(first)
    urls.of(image(3))
    expect(urls.of(image(1))).toBe(first)
    urls.of(image(2))
    expect(urls.made).toBe(4)
    expect(urls.of(image(9, 1_000)).length).toBeGreaterThan(1_000)
  })
})

describe('jsonBody', () => {
  it('joins fields and encoded members', () => {
    expect(jsonBody({ a: 1, b: 'x' }, { ids: '[1,2]' })).toBe('{"a":1,"b":"x","ids":[1,2]}')
    expect(jsonBody({}, { ids: '[]' })).toBe('{"ids":[]}')
  })
})
