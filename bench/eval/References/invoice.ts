const find = (text: string, pattern: RegExp) => pattern.exec(text)?.[1] ?? "";

export default async ({ text }: { text: string }) => ({
  number: find(text, /invoice no\. (\S+)/i),
  date: find(text, /date: ([^\n]+)/i),
  total: Number(find(text, /total due\s+([\d.]+)/i)),
});
