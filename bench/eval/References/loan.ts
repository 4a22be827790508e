export default async ({ amount, interest, years }: { amount: number; interest: number; years: number }) => {
  const rate = interest / 1200;
  return { monthlyPayment: (amount * rate) / (1 - (1 + rate) ** (-12 * years)) };
};
