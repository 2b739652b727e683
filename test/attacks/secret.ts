/** What other rollouts hold, and a session must not find. */
export const secretWord = 'kingfisher-0451'
