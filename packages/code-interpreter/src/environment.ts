export * from './environment/describe-missing.ts'
export * from './environment/find-python.ts'
export * from './environment/install-python-environment.ts'
