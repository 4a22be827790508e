export default async ({ year }: { year: number }) => ({ isLeapYear: year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) });
