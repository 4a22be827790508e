export default async ({ mail }: { mail: string }) => ({
  category: /invoice|refund|payment/i.test(mail) ? "billing" : /error|crash|log in/i.test(mail) ? "technical" : "sales",
});
