import { defineConfig } from 'vitest/config'
import root from '../../../vitest.config.ts'

// The workspace's configuration and its projects, over the one test file of this folder.
const projects = root.test?.projects ?? []

export default defineConfig({
  ...root,
  test: {
    ...root.test,
    projects: projects.map((project) => {
      if (typeof project !== 'object' || !('test' in project))
        throw new Error('a project of vitest.config.ts is not inline')
      // Without the real servers of a project, which these files have no use for.
      const over = { include: ['test/setup/__fixtures__/*.fixture.ts'], exclude: [], globalSetup: [] }
      return { ...project, test: { ...project.test, ...over } }
    }),
  },
})
