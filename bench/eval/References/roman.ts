const numerals = [[1000, "M"], [900, "CM"], [500, "D"], [400, "CD"], [100, "C"], [90, "XC"], [50, "L"], [40, "XL"], [10, "X"], [9, "IX"], [5, "V"], [4, "IV"], [1, "I"]] as const;

export default async ({ number }: { number: number }) => {
  let text = "";
  for (const [value, letters] of numerals) {
    for (; number >= value; number -= value) text += letters;
  }
  return { roman: text };
};
