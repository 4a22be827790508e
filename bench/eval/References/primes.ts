export default async ({ limit }: { limit: number }) => {
  const primes: number[] = [];
  for (let n = 2; n <= limit; n++) {
    if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  }
  return { primes };
};
