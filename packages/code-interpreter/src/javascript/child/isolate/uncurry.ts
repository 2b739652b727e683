type Method<Owner, Key extends keyof Owner> = Owner[Key] extends (...args: infer Args) => infer Result
  ? (self: unknown, ...args: Args) => Result
  : never

/** A method as a function of its object, which keeps working after model code has changed the prototypes. */
export type Uncurry = <Owner, Key extends keyof Owner>(owner: Owner, key: Key) => Method<Owner, Key>

/**
 * Runs inside the isolate, as text: like its neighbours in this folder it uses nothing from outside its own braces but
 * types and what it is given.
 */
export function makeUncurry(): Uncurry {
  const { apply } = Reflect
  const uncurry = (owner: object, key: PropertyKey): unknown => {
    const method = (owner as Record<PropertyKey, (...args: unknown[]) => unknown>)[key] as () => unknown
    return (self: unknown, ...args: unknown[]) => apply(method, self, args)
  }
  return uncurry as Uncurry
}
