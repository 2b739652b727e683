// Makes a fresh clone ready: packages installed, and with --build compiled. Has no dependencies, and is written
// in old syntax on purpose: the oldest Node must reach the sentence that says what is missing.
'use strict'
const childProcess = require('child_process')
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

const root = path.join(__dirname, '..')
const pnpmVersion = '12.18.0'
const starterMajor = 20 // npm 10 and npx, which fetch pnpm
const runtimeMajor = 24 // what the packages run on; comes from the registry where a package of it exists
const stampFile = path.join(root, 'node_modules', '.setup-stamp')
const lockFile = path.join(root, '.setup-lock')
let holdsLock = false

function fail(sentence) {
  if (holdsLock) fs.unlinkSync(lockFile)
  process.stderr.write('\nsetup: ' + sentence + '\n\n')
  process.exit(1)
}

function majorOf(version) {
  const match = /^v(\d+)\./.exec(version)
  return match ? Number(match[1]) : 0
}

/** Hash of everything an installation depends on. */
function wantedStamp() {
  const hash = crypto.createHash('sha256').update(process.platform + '-' + process.arch)
  const files = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', 'test/package.json', 'examples/package.json']
  fs.readdirSync(path.join(root, 'packages'))
    .sort()
    .forEach(function (name) {
      files.push('packages/' + name + '/package.json')
    })
  files.forEach(function (file) {
    const full = path.join(root, file)
    if (fs.existsSync(full)) hash.update(file).update(fs.readFileSync(full))
  })
  return hash.digest('hex')
}

function isInstalled(want) {
  return fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === want
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

// Two commands started at once must not install into one folder. The lock holds its owner's pid, since an age limit
// would either hang after a kill or steal the lock from a slow machine.
function takeLock() {
  for (;;) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: 'wx' })
      holdsLock = true
      return
    } catch (error) {
      if (error.code !== 'EEXIST')
        fail('cannot write ' + lockFile + ' (' + error.code + '): make the folder writable and free some disk space.')
      let owner = 0
      try {
        owner = Number(fs.readFileSync(lockFile, 'utf8'))
      } catch (_) {
        continue
      }
      if (owner > 0 && !isAlive(owner)) fs.unlinkSync(lockFile)
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250)
    }
  }
}

function install(want) {
  process.stderr.write('setup: installing packages with pnpm ' + pnpmVersion + ' (about half a minute, once)\n')
  const result = childProcess.spawnSync('npx', ['--yes', 'pnpm@' + pnpmVersion, 'install', '--frozen-lockfile'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (result.error)
    fail(
      'npx could not be started (' +
        result.error.code +
        '). Install Node.js with npm, version ' +
        starterMajor +
        ' or newer, and run the command again.',
    )
  if (result.status !== 0)
    fail('the installation of packages failed; the reason is printed above. Run the command again once it is cured.')
  const local = childProcess.spawnSync(path.join(root, 'node_modules', '.bin', 'node'), ['--version'], {
    encoding: 'utf8',
  })
  const found = Math.max(local.status === 0 ? majorOf(local.stdout) : 0, majorOf(process.version))
  if (found < runtimeMajor)
    fail(
      'Node.js ' +
        runtimeMajor +
        ' or newer is needed; this is ' +
        process.version +
        ' on ' +
        process.platform +
        '-' +
        process.arch +
        ', and no package of Node.js ' +
        runtimeMajor +
        ' is published for it. Install Node.js ' +
        runtimeMajor +
        ' and run the command again.',
    )
  fs.writeFileSync(stampFile, want)
}

function build() {
  const result = childProcess.spawnSync(
    'npm',
    ['exec', '--no', '--', 'turbo', 'run', 'build', '--output-logs=errors-only'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: Object.assign({}, process.env, { TURBO_TELEMETRY_DISABLED: '1' }),
    },
  )
  if (result.status !== 0) {
    process.stderr.write(String(result.stdout) + String(result.stderr))
    fail('the build failed; the reason is printed above.')
  }
}

if (majorOf(process.version) < starterMajor)
  fail(
    'Node.js ' +
      starterMajor +
      ' or newer is needed to start; this is ' +
      process.version +
      '. Install a newer Node.js and run the command again.',
  )
const want = wantedStamp()
if (!isInstalled(want)) {
  takeLock()
  if (!isInstalled(want)) install(want)
  fs.unlinkSync(lockFile)
  holdsLock = false
}
if (process.argv.indexOf('--build') !== -1) build()
