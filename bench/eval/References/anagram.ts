const sorted = (word: string) => [...word.toLowerCase()].sort().join("");

export default async ({ first, second }: { first: string; second: string }) => ({ areAnagrams: sorted(first) === sorted(second) });
