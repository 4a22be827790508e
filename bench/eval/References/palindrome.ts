export default async ({ word }: { word: string }) => {
  const letters = [...word.toLowerCase()];
  return { isPalindrome: letters.join("") === [...letters].reverse().join("") };
};
