import { stripVTControlCharacters } from 'node:util'

/** Text as every machine would write it: without colours, and without the addresses that objects happen to have. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\bat 0x[0-9a-fA-F]{6,16}\b/g, 'at 0x…')
}
