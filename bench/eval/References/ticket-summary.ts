export default async () => ({ summary: "The customer's three-week-old lamp flickers, and they ask for a replacement or a refund." });
