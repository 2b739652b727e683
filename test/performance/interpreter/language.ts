import { javascript, python, type InterpreterTool, type IsolationTier } from '@interleave/code-interpreter'

/** A language as it is measured: its tool at a tier, and code that does next to nothing. */
export interface Language {
  readonly name: string
  readonly tiny: string
  readonly open: (tier: IsolationTier) => InterpreterTool
}

export const pythonLanguage: Language = {
  name: 'python',
  tiny: 'print(1+1)',
  open: (tier) =>
    python(tier === 'T0' ? { isolation: tier, unsafe: true } : { isolation: tier, minimumIsolation: tier }),
}

export const javascriptLanguage: Language = {
  name: 'javascript',
  tiny: 'console.log(1+1)',
  open: (tier) => javascript({ isolation: tier }),
}
