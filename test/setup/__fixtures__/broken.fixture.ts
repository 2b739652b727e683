// A test file that cannot be loaded counts as one failure, though it has no test.
throw new Error('this file does not load')
