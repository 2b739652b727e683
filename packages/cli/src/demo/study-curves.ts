import { drawCurves, type CurvePoint } from './draw-curves.ts'
import type { StepRecord } from './step-record.ts'
import type { StudySettings } from './study-settings.ts'

const panels = [
  { measure: 'Pass@1', of: 'passAt1' },
  { measure: 'Pass@4', of: 'passAt4' },
  { measure: 'Tool use', of: 'toolUse' },
  { measure: 'All wrong, with tool', of: 'allWrong' },
] as const

/** The learning curves of a study as a PNG: held-out questions, all runs that are whole. */
export function drawStudy(
  { methods, questions, scenes, uselessTool }: StudySettings,
  finished: Iterable<readonly StepRecord[]>,
): Promise<Uint8Array> {
  const records = [...finished].flat()
  const points = records.flatMap(({ evaluation, method, run, step }) =>
    panels.flatMap(({ measure, of }): CurvePoint[] => {
      const value = evaluation?.[of] ?? null
      return value === null ? [] : [{ method, seed: run, step, measure, value }]
    }),
  )
  const runs = new Set(records.map(({ run }) => run)).size
  return drawCurves(points, {
    title: `Learning to zoom${uselessTool ? ' with a tool that shows nothing' : ''}`,
    subtitle: `${scenes.heldOut} held-out questions; ${questions} questions a step. Mean of ${runs} ${runs === 1 ? 'run' : 'runs'}, band of one standard error; pale lines are single runs.`,
    methods: methods.filter((name) => points.some(({ method }) => method === name)),
    measures: panels.map(({ measure }) => measure).filter((name) => points.some(({ measure }) => measure === name)),
    stepName: 'step',
  })
}
