import { z } from 'zod'

/** What JSON can hold. Free-form fields (`metadata`, `info`, `reference`, `value`) accept exactly this. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

/** A JSON object with free keys. */
export type JsonObject = { [key: string]: JsonValue }

/** Accepts any JSON value; refuses what a JSON line would lose, such as dates, functions or NaN. */
export const jsonValueSchema: z.ZodType<JsonValue> = z.json()

export const jsonObjectSchema: z.ZodType<JsonObject> = z.record(z.string(), jsonValueSchema)
