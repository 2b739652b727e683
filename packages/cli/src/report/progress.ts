import { Presets, SingleBar } from 'cli-progress'

/** A progress bar on stderr while it is a terminal; silent otherwise. */
export interface Progress extends Disposable {
  update(done: number, total: number, note?: string): void
}

export function openProgress(label: string): Progress {
  if (!process.stderr.isTTY) return { update() {}, [Symbol.dispose]() {} }
  const bar = new SingleBar(
    {
      stream: process.stderr,
      format: `${label} {bar} {value}/{total} {note}`,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    },
    Presets.shades_classic,
  )
  bar.start(1, 0, { note: '' })
  return {
    update(done, total, note = '') {
      bar.setTotal(total)
      bar.update(done, { note })
    },
    [Symbol.dispose]() {
      bar.stop()
    },
  }
}
