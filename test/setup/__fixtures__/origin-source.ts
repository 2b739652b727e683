export const origin = 'source'
