import { testTier } from './tier-tests.ts'

testTier('T2')
