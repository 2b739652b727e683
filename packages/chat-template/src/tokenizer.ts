export * from './tokenizer/load-tokenizer.ts'
export * from './tokenizer/text-tokenizer.ts'
