/** Names under which a Python is looked for in PATH, in this order. */
export const interpreterNames = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python'] as const
