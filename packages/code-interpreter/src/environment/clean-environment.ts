// What would send files elsewhere than into the environment, or read modules from elsewhere.
const misleading =
  /^(PYTHON.*|VIRTUAL_ENV|CONDA_PREFIX|(PIP|UV)_(TARGET|PREFIX|ROOT|USER|PYTHON|SYSTEM_PYTHON|DRY_RUN))$/

/** The variables of this process without those that change what a Python finds; proxies, mirrors and certificates stay. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name, value]) => value !== undefined && !misleading.test(name))
  return Object.fromEntries(kept) as Record<string, string>
}
