export function addVote(votes: number[], option: number): number[] {
  return votes.map((count, index) => (index === option ? count + 1 : count));
}

export function total(votes: number[]): number {
  return votes.reduce((sum, count) => sum + count, 0);
}

/** An option's share of all votes, in whole percent. */
export function percent(votes: number[], option: number): number {
  return Math.round((100 * (votes[option] ?? 0)) / Math.max(1, total(votes)));
}
