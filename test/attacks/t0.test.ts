import { testTier } from './tier-tests.ts'

testTier('T0')
