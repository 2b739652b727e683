import { soak, type SoakReport } from './soak-run.ts'

// node --conditions=@interleave/source test/attacks/soak.ts [minutes] [seed] [tier]
const [minutes = '30', seed = '1', tier = 'T3'] = process.argv.slice(2)
const reports: SoakReport[] = []
const line = (report: SoakReport): string => JSON.stringify({ ...report, wrong: report.wrong.length })
const end = await soak({
  tier: tier === 'T2' || tier === 'T1' ? tier : 'T3',
  minutes: Number(minutes),
  sessions: 64,
  seed: Number(seed),
  onProgress: (report) => {
    reports.push(report)
    process.stdout.write(`${line(report)}\n`)
  },
})
const growth = end.memory - (reports[4] ?? end).memory
process.stdout.write(
  `${line(end)}\nmemory grew by ${growth} MiB since half of the time; ${end.wrong.length} wrong results\n`,
)
for (const wrong of end.wrong) process.stdout.write(`${wrong}\n`)
process.exitCode = end.wrong.length === 0 && growth < 64 ? 0 : 1
