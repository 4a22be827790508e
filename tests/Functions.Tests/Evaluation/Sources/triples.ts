export default async (input: { amount: number }) => ({ result: { twice: input.amount * 3 } });
