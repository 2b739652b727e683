export const origin = 'built'
