// Prints "passed failed skipped" of a report by vitest's JSON reporter. A test file that failed with all of its tests
// passed or without any, and a report that is missing, count as one failure each.
'use strict'
const fs = require('fs')

function count(file) {
  if (!fs.existsSync(file)) return [0, 1, 0]
  const report = JSON.parse(fs.readFileSync(file, 'utf8'))
  const broken = report.testResults.filter(function (result) {
    const failures = result.assertionResults.filter(function (test) {
      return test.status === 'failed'
    })
    return result.status === 'failed' && failures.length === 0
  })
  const failed = report.numFailedTests + broken.length
  // What failed outside any file: an unhandled rejection, say.
  const other = !report.success && failed === 0 ? 1 : 0
  return [report.numPassedTests, failed + other, report.numPendingTests + report.numTodoTests]
}

process.stdout.write(count(process.argv[2]).join(' ') + '\n')
