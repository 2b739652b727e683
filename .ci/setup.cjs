// Makes a fresh clone ready: packages installed, with --build compiled, and with --build --python the libraries of the
// Python tool installed where the machine has a Python. Has no dependencies, and is written in old syntax on purpose: the
// oldest Node must reach the sentence that says what is missing.
'use strict'
const childProcess = require('child_process')
const crypto = require('crypto')
const fs = require('fs')
const path = require('path')

const root = path.join(__dirname, '..')
const tools = path.join(root, 'node_modules', '.bin')
const pnpmVersion = '12.18.0'
const starterMajor = 20 // npm 10 and npx, which fetch pnpm
const runtimeMajor = 24 // what the packages run on; comes from the registry where a package of it exists
const stampFile = path.join(root, 'node_modules', '.setup-stamp')
const lockFile = path.join(root, '.setup-lock')
const lockStepMs = 250
const lockLimitMs = 15 * 60 * 1000
let holdsLock = false

function say(sentence) {
  process.stderr.write('setup: ' + sentence + '\n')
}

function fail(sentence) {
  dropLock()
  say(sentence)
  process.exit(1)
}

function majorOf(version) {
  const match = /^v(\d+)\./.exec(version)
  return match ? Number(match[1]) : 0
}

/** Hash of everything an installation depends on. */
function wantedStamp() {
  const hash = crypto.createHash('sha256').update(process.platform + '-' + process.arch)
  const files = [
    '.npmrc',
    'package.json',
    'pnpm-workspace.yaml',
    'pnpm-lock.yaml',
    'test/package.json',
    'examples/package.json',
  ]
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

function pause() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, lockStepMs)
}

function lockOwner() {
  try {
    return Number(fs.readlinkSync(lockFile))
  } catch (error) {
    if (error.code === 'ENOENT') return 0
    return fail('cannot read the lock ' + lockFile + ' (' + error.code + '): delete it and run the command again.')
  }
}

function writeLock(file) {
  try {
    fs.symlinkSync(String(process.pid), file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    return fail('cannot write in ' + root + ' (' + error.code + '): make the folder writable and free some disk space.')
  }
}

// The owner is dead. Several may find that out at once: each puts its own lock over the old one in one step,
// and after a pause the one whose lock is still there has it.
function inheritLock() {
  const own = lockFile + '.' + process.pid
  writeLock(own)
  fs.renameSync(own, lockFile)
  pause()
  return lockOwner() === process.pid
}

// Two commands started at once must not install or build into one folder. The lock is a symbolic link whose target
// is its owner's pid: it is never there without the pid, not on a full disk either. It is given up when its owner is
// dead and not at an age, since an age limit hangs after a kill and steals the lock from a slow machine.
function takeLock() {
  for (let waited = 0; waited < lockLimitMs; waited += lockStepMs) {
    if (writeLock(lockFile)) holdsLock = true
    else {
      const owner = lockOwner()
      if (owner > 0 && !isAlive(owner)) holdsLock = inheritLock()
      else if (waited === 4 * lockStepMs) say('waiting for another set-up of this folder, process ' + owner)
    }
    if (holdsLock) return
    pause()
  }
  fail('process ' + lockOwner() + ' holds ' + lockFile + ' for too long: end it, or delete the file if it is another.')
}

function dropLock() {
  if (!holdsLock) return
  holdsLock = false
  fs.unlinkSync(lockFile)
}

function install() {
  say('installing packages with pnpm ' + pnpmVersion + ' (about half a minute, once)')
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
}

/** Scripts run on node_modules/.bin/node where the registry has one for this machine, else on the user's. */
function checkRuntime() {
  const local = childProcess.spawnSync(path.join(tools, 'node'), ['--version'], { encoding: 'utf8' })
  const missing = Boolean(local.error) && local.error.code === 'ENOENT'
  const version = missing ? process.version : String(local.stdout).trim()
  if (majorOf(version) >= runtimeMajor) return
  fail(
    'Node.js ' +
      runtimeMajor +
      ' or newer is needed; this is ' +
      process.version +
      ' on ' +
      process.platform +
      '-' +
      process.arch +
      (missing ? ', for which the registry has none' : ', where the one from the registry does not run') +
      '. Install Node.js ' +
      runtimeMajor +
      ' and run the command again.',
  )
}

function build() {
  // turbo looks for pnpm in PATH.
  const env = Object.assign({}, process.env, { TURBO_TELEMETRY_DISABLED: '1' })
  env.PATH = tools + path.delimiter + env.PATH
  const result = childProcess.spawnSync(path.join(tools, 'turbo'), ['run', 'build', '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: env,
  })
  if (result.error) fail('turbo could not be started (' + result.error.code + '): delete node_modules and try again.')
  if (result.status !== 0) {
    process.stderr.write(result.stdout + result.stderr)
    fail('the build failed; the reason is printed above.')
  }
  fs.readdirSync(path.join(root, 'packages')).forEach(function (name) {
    pruneOutputs(path.join(root, 'packages', name, 'dist'), path.join(root, 'packages', name, 'src'))
  })
}

// Neither tsc nor turbo deletes the output of a source file that is gone, and it would be published.
function pruneOutputs(built, source) {
  if (!fs.existsSync(built)) return
  fs.readdirSync(built, { withFileTypes: true }).forEach(function (entry) {
    const file = path.join(built, entry.name)
    const output = /^(.*?)(\.d\.ts|\.js)(\.map)?$/.exec(entry.name)
    if (entry.isDirectory()) pruneOutputs(file, path.join(source, entry.name))
    else if (output && !fs.existsSync(path.join(source, output[1] + '.ts'))) fs.unlinkSync(file)
  })
}

// The package has its own lock for this, since its users need it as well.
function installPython() {
  const local = path.join(tools, 'node')
  const node = fs.existsSync(local) ? local : process.execPath
  const entry = path.join(root, 'packages', 'code-interpreter', 'dist', 'environment', 'main.js')
  const result = childProcess.spawnSync(node, [entry], { cwd: root, stdio: ['ignore', 2, 2] })
  if (result.error) fail(node + ' could not be started (' + result.error.code + '): delete node_modules and try again.')
  if (result.status !== 0)
    fail('the Python environment was not made; the reason is printed above. Run the command again once it is cured.')
}

function main() {
  if (majorOf(process.version) < starterMajor)
    fail(
      'Node.js ' +
        starterMajor +
        ' or newer is needed to start; this is ' +
        process.version +
        '. Install a newer Node.js and run the command again.',
    )
  const builds = process.argv.indexOf('--build') !== -1
  const want = wantedStamp()
  if (isInstalled(want) && !builds) return
  takeLock()
  if (!isInstalled(want)) {
    install()
    checkRuntime()
    fs.writeFileSync(stampFile, want)
  }
  if (builds) build()
  dropLock()
  if (process.argv.indexOf('--python') !== -1) installPython()
}

try {
  main()
} catch (error) {
  fail(error.message)
}
