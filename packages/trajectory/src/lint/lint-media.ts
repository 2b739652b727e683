import { isInterleaveError } from '../error.ts'
import type { MediaStore } from '../media-store.ts'
import type { Trajectory } from '../trajectory.ts'
import type { Finding } from './finding.ts'

/**
 * Whether the bytes of a trajectory's images are in the store and are those of their hashes; images that it carries itself
 * are left to `lintTrajectory`. `seen` holds hashes found right before: they are not read again.
 */
export async function lintMedia(
  trajectory: Trajectory,
  store: MediaStore,
  seen: Set<string> = new Set(),
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const media of trajectory.media) {
    if (media.data !== undefined || seen.has(media.hash)) continue
    try {
      await store.get(media)
      seen.add(media.hash)
    } catch (error) {
      if (!isInterleaveError(error)) throw error
      const rule = error.code === 'media_corrupt' ? 'media-hash' : 'media-present'
      findings.push({ rule, message: error.message, trajectoryId: trajectory.id })
    }
  }
  return findings
}
