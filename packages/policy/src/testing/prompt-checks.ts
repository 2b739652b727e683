import { expectCheck, skipCheck, type Check } from '@interleave/trajectory/testing'
import { foldDifference } from './fold-difference.ts'
import type { PolicySubject } from './policy-subject.ts'
import { plainImage } from './plain-image.ts'

/** What a policy does with prompts, pads and images. */
export function promptChecks(subject: PolicySubject): Check[] {
  const { prompt, images, imagePad } = subject.options
  return [
    {
      name: 'effective prompt: folds back to the tokens that were sent, where declared',
      async run() {
        const { effectivePrompt, tokens } = await subject.ask()
        if (!subject.capabilities.effectivePrompt) {
          expectCheck(effectivePrompt === undefined, 'an effective prompt came and is not declared')
          skipCheck('effectivePrompt is not declared')
        }
        const longer = [...prompt, ...tokens]
        const next = await subject.ask({ tokens: longer })
        for (const [sent, seen] of [
          [prompt, effectivePrompt],
          [longer, next.effectivePrompt],
        ] as const) {
          expectCheck(seen !== undefined, 'an effective prompt is declared and missing')
          const difference = foldDifference(sent, seen, imagePad)
          expectCheck(difference === null, `the effective prompt does not fold back: ${difference}`)
        }
      },
    },
    {
      name: 'images: taken where declared, refused where not',
      async run() {
        if (!subject.capabilities.images) {
          await subject.expectRefused({ images: [plainImage] }, 'an image given to a policy that declares none')
          return
        }
        if (images.length === 0) skipCheck('no images were given to the suite')
        const { tokens } = await subject.ask()
        expectCheck(tokens.length > 0, 'no token was drawn after a prompt with images')
      },
    },
    {
      name: 'image count: another number of images than of pads is refused',
      async run() {
        subject.needs('images')
        if (imagePad === undefined) skipCheck('imagePad was not given to the suite')
        await subject.expectRefused({ images: [...images, plainImage] }, 'a request with an image too many')
        await subject.expectRefused({ tokens: [...prompt, imagePad] }, 'a request with a pad too many')
        if (images.length > 0)
          await subject.expectRefused({ images: images.slice(1) }, 'a request with an image too few')
      },
    },
  ]
}
