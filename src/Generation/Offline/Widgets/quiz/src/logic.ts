/** The numbers from 0 to count - 1 in random order. */
export function shuffled(count: number): number[] {
  return Array.from({ length: count }, (_, index) => ({ index, order: Math.random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ index }) => index);
}
