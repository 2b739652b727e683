import { percent } from '../report/percent.ts'
import { openProgress, type Progress } from '../report/progress.ts'
import { note } from '../report/write-line.ts'
import type { StepRecord } from './step-record.ts'
import type { StudyEvents } from './study.ts'
import type { StudySettings } from './study-settings.ts'

/** Shows how far a study is: a bar on a terminal; elsewhere a line for each run. */
export function studyProgress(settings: StudySettings, runs: number): StudyEvents & Disposable {
  const started = performance.now()
  const total = runs * settings.steps
  let drawing: Progress | undefined
  let training: Progress | undefined
  let steps = 0
  let done = 0

  return {
    scenes(count, all) {
      drawing ??= openProgress('scenes')
      drawing.update(count, all)
      if (count < all) return
      drawing[Symbol.dispose]()
      // The first step takes a while, as each run is evaluated before it.
      training ??= openProgress('steps')
      training.update(0, total)
    },
    step({ method, run, step, training: told }) {
      if (step === 0) return
      steps += 1
      training ??= openProgress('steps')
      const left = ((performance.now() - started) / steps) * (total - steps)
      training.update(steps, total, `${method}, run ${run}: ${percent(told?.correct)} correct; ${minutes(left)} left`)
    },
    finished({ method, run }, records) {
      done += 1
      if (process.stderr.isTTY) return
      const passAt1 = (record: StepRecord | undefined): string => percent(record?.evaluation?.passAt1)
      note(`${method}, run ${run}: Pass@1 ${passAt1(records[0])}, then ${passAt1(records.at(-1))} (${done} of ${runs})`)
    },
    [Symbol.dispose]() {
      drawing?.[Symbol.dispose]()
      training?.[Symbol.dispose]()
    },
  }
}

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
