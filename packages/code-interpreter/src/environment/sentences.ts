/** What to do where a machine has no Python. */
export const toInstallPython =
  'Install it (Debian/Ubuntu: apt-get install python3 python3-venv), or name an interpreter that has the libraries by INTERLEAVE_PYTHON.'

/** What to do where a machine has a Python, but not the libraries. */
export const toInstallEnvironment =
  '"npx interleave doctor --install-python" makes it (once, some 300 MB), or name an interpreter that has the libraries by INTERLEAVE_PYTHON.'
