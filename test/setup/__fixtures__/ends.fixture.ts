import { afterAll, it } from 'vitest'

it('passes', () => {})

afterAll(() => {
  console.table('at the end')
})
