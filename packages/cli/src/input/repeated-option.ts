import { InterleaveError } from '@interleave/trajectory'

/** All values of an option that may be given several times, and the words without it. Throws `usage` for one without a value. */
export function repeatedOption(option: string, words: readonly string[]): { values: string[]; rest: string[] } {
  const values: string[] = []
  const rest: string[] = []
  const flag = `--${option}`
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index]!
    if (word.startsWith(`${flag}=`)) values.push(word.slice(flag.length + 1))
    else if (word === flag) {
      index += 1
      const value = words[index]
      if (value === undefined || value.startsWith('--'))
        throw new InterleaveError('usage', `${flag} takes a value, which is not there.`)
      values.push(value)
    } else rest.push(word)
  }
  return { values, rest }
}
