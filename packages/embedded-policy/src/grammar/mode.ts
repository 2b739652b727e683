import { byteIds } from '@interleave/chat-template/byte'

const { answerClose, answerOpen, callClose, callOpen, thinkClose, thinkOpen, turnEnd } = byteIds

/** What the ids of a turn so far have left open. */
export type Mode = 'thinking' | 'plain' | 'call' | 'answer' | 'ended'

/** What is open after one more id. */
export function after(mode: Mode, id: number): Mode {
  if (mode === 'thinking') return id === thinkClose ? 'plain' : mode
  if (mode === 'call') return id === callClose ? 'plain' : mode
  if (mode === 'answer') return id === answerClose ? 'plain' : mode
  if (mode === 'ended') return mode
  if (id === callOpen) return 'call'
  if (id === answerOpen) return 'answer'
  if (id === thinkOpen) return 'thinking'
  return id === turnEnd ? 'ended' : mode
}
