/** The name of the class of an object and whether it is an object without one; runs no getter. */
export type NameOf = (object: object) => string | undefined

export function makeNameOf(): NameOf {
  const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect
  return (object) => {
    // A proxy may answer for ever with another prototype.
    let level: object | null = object
    for (let depth = 0; level !== null && depth < 100; depth += 1) {
      const made: unknown = getOwnPropertyDescriptor(level, 'constructor')?.value
      if (typeof made === 'function') {
        const name: unknown = getOwnPropertyDescriptor(made, 'name')?.value
        if (typeof name === 'string' && name !== '') return name
      }
      level = getPrototypeOf(level)
    }
    return undefined
  }
}
